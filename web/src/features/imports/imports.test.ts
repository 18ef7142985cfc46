import { describe, expect, it } from 'vitest'
import { Problem } from '@/api/problem'
import type { ImportPreview } from '@/api/types'
import { formatSize } from '@/lib/size'
import { fileMistake, MAX_BYTES, progressOf, rowsText } from './file'
import { KINDS } from './kinds'
import { draftMistakes, firstDraft, samplesOf, serverMistakes, startOf, type Draft } from './mapping'

const preview: ImportPreview = {
  columns: ['Security', 'GICS Sector', 'CIK', 'Founded'],
  sample: [
    ['3M', 'Industrials', '66740', '1902'],
    ['A. O. Smith', 'Industrials', '91142', ' '],
  ],
  suggested_mapping: [
    { column: 'Security', field: 'name' },
    { column: 'GICS Sector', field: 'tags' },
    { column: 'CIK', field: 'external_key' },
    { column: 'Founded', field: null },
  ],
  suggested_key: 'external_key',
  delimiter: ',',
  encoding: 'utf-8',
  rows_estimate: 2,
}
const draft: Draft = { fields: ['name', 'tags', 'external_key', ''], key: 'external_key', defaults: { kind: 'company' } }

describe('mapping', () => {
  it('starts with the suggestion or an earlier run’s mapping', () => {
    expect(firstDraft(preview, {})).toEqual({ ...draft, defaults: {} })
    const run = { mapping: [{ column: 'Security', field: 'name' as const }], key: 'name' as const, defaults: { tier: 'gold' as const } }
    expect(firstDraft(preview, run)).toEqual({ fields: ['name', '', '', ''], key: 'name', defaults: { tier: 'gold' } })
  })

  it('requires a mapped key and a kind', () => {
    expect(draftMistakes(draft)).toEqual({})
    expect(Object.keys(draftMistakes({ fields: ['name', '', '', ''], key: 'email', defaults: {} }))).toEqual(['key', 'kind'])
    expect(draftMistakes({ ...draft, fields: ['name', 'kind', 'external_key', ''], defaults: {} })).toEqual({})
  })

  it('maps a field once, except tags', () => {
    expect(Object.keys(draftMistakes({ ...draft, fields: ['name', 'tags', 'external_key', 'name'] }))).toEqual(['column.3'])
    expect(draftMistakes({ ...draft, fields: ['name', 'tags', 'external_key', 'tags'] })).toEqual({})
  })

  it('of tasks uses a mapped number and no kind', () => {
    const fields: Draft['fields'] = ['number', 'title', 'external_id', '']
    expect(draftMistakes({ fields, key: 'number', defaults: {} }, 'tasks')).toEqual({})
    expect(Object.keys(draftMistakes({ fields, key: 'external_id', defaults: {} }, 'tasks'))).toEqual(['key'])
  })

  it('offers each kind its own fields and keys', () => {
    for (const { fields, keys } of Object.values(KINDS)) {
      expect(new Set(fields).size).toBe(fields.length)
      expect(keys.every((key) => fields.includes(key))).toBe(true)
    }
    expect(KINDS.tasks.fields).not.toContain('parent')
    expect(KINDS.investors.fields).not.toContain('title')
  })

  it('omits unmapped columns and shows server errors in place', () => {
    const fields: Draft['fields'] = ['', 'tags', 'external_key', 'name']
    const sent = startOf(preview, { ...draft, fields }, true)
    expect(sent.mapping.map((one) => one.column)).toEqual(['GICS Sector', 'CIK', 'Founded'])
    expect(sent.dry_run).toBe(true)
    const errors = [
      { field: 'mapping[1].field', code: 'invalid', message: 'twice' },
      { field: 'defaults.kind', code: 'invalid', message: 'needed' },
      { field: 'defaults.relationship_manager_id', code: 'invalid', message: 'is no manager' },
    ]
    const problem = new Problem({ status: 422, code: 'invalid_input', title: 'No', errors })
    expect(serverMistakes(problem, fields)).toEqual({
      'column.2': 'twice',
      kind: 'needed',
      form: 'defaults.relationship_manager_id: is no manager',
    })
  })

  it('shows distinct sample values of a column', () => {
    expect(samplesOf(preview.sample, 1)).toEqual(['Industrials'])
    expect(samplesOf(preview.sample, 3)).toEqual(['1902'])
  })
})

describe('file', () => {
  it('is refused before upload if it can’t be imported', () => {
    expect(fileMistake({ name: 'a.CSV', size: 10 })).toBeUndefined()
    expect(fileMistake({ name: 'a.xlsx', size: 10 })).toContain('isn’t a CSV')
    expect(fileMistake({ name: 'a.csv', size: 0 })).toContain('empty')
    expect(fileMistake({ name: 'a.csv', size: MAX_BYTES })).toBeUndefined()
    expect(fileMistake({ name: 'a.csv', size: MAX_BYTES + 1 })).toContain('25 MB')
  })

  it('has its size described in words', () => {
    expect([formatSize(12), formatSize(44_000), formatSize(1_300_000)]).toEqual(['12 B', '43 kB', '1.2 MB'])
    expect([rowsText(1), rowsText(100_000)]).toEqual(['1 row', '100,000 rows'])
    expect([
      progressOf({ bytes_done: 0, size: 0 }),
      progressOf({ bytes_done: 5, size: 10 }),
      progressOf({ bytes_done: 11, size: 10 }),
    ]).toEqual([0, 0.5, 1])
  })
})
