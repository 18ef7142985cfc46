import { errorsByField, type Problem } from '@/api/problem'
import type { Import, ImportDefaults, ImportEncoding, ImportField, ImportKey, ImportKind, ImportPreview, ImportStart } from '@/api/types'

/** Choices on the mapping page. */
export interface Draft {
  /** For each column of the file, in order, the field it maps to; empty if it isn't imported. */
  fields: (ImportField | '')[]
  key: ImportKey
  defaults: ImportDefaults
}

/** Messages by form location: `column.3`, `key`, `kind`, `form`. */
export type Mistakes = Record<string, string>

/** Initial choices: those of an earlier run, or else those suggested by the column names. */
export function firstDraft(preview: ImportPreview, run: Pick<Import, 'mapping' | 'key' | 'defaults'>): Draft {
  const known = run.mapping ?? preview.suggested_mapping
  const fields = preview.columns.map((column) => known.find((one) => one.column === column)?.field ?? '')
  return { fields, key: run.key ?? preview.suggested_key, defaults: run.defaults ?? {} }
}

/** Why the import can't be started yet. The server checks the same again. */
export function draftMistakes({ fields, key, defaults }: Draft, kind: ImportKind = 'investors'): Mistakes {
  const mistakes: Mistakes = {}
  fields.forEach((field, column) => {
    const taken = field !== '' && field !== 'tags' && fields.indexOf(field) < column
    if (taken) mistakes[`column.${column}`] = 'Another column is already mapped to this field.'
  })
  if (!fields.includes(key)) mistakes['key'] = 'No column is mapped to this field. Map one, or choose another key.'
  if (kind !== 'investors' && fields.includes('number') && key !== 'number')
    mistakes['key'] = 'Use the number as the key, or don’t import that column.'
  if (fields.includes('name') && !fields.includes('kind') && !defaults.kind)
    mistakes['kind'] = 'Choose a kind for new investors, as no column is mapped to it.'
  return mistakes
}

/** Maps the server's errors to their places in the form. */
export function serverMistakes(problem: Problem, fields: Draft['fields']): Mistakes {
  const sent = fields.flatMap((field, column) => (field === '' ? [] : [column]))
  const mistakes: Mistakes = {}
  for (const [place, message] of Object.entries(errorsByField(problem))) {
    const entry = /^mapping\[(\d+)\]/.exec(place)?.[1]
    const column = entry === undefined ? undefined : sent[Number(entry)]
    if (column !== undefined) mistakes[`column.${column}`] = message
    else if (place === 'defaults.kind') mistakes['kind'] = message
    else if (place === 'key') mistakes['key'] = message
    else mistakes['form'] = `${place}: ${message}`
  }
  return mistakes
}

/** The request that starts a run of the draft. */
export function startOf(preview: Pick<ImportPreview, 'columns' | 'encoding'>, draft: Draft, dryRun: boolean): ImportStart {
  const mapping = preview.columns.flatMap((column, index) => {
    const field = draft.fields[index]
    return field ? [{ column, field }] : []
  })
  return { mapping, key: draft.key, defaults: draft.defaults, encoding: preview.encoding, dry_run: dryRun }
}

/** The request that imports what was checked. */
export function startAgain({ mapping, key, defaults, encoding }: Import, dryRun: boolean, skipDuplicates = false): ImportStart | null {
  if (!mapping || !key) return null
  return {
    mapping,
    key,
    defaults: defaults ?? {},
    encoding: (encoding ?? 'utf-8') satisfies ImportEncoding,
    dry_run: dryRun,
    skip_duplicates: skipDuplicates,
  }
}

/** Some distinct values of a column, to help recognize it. */
export function samplesOf(sample: readonly (readonly string[])[], column: number, most = 3): string[] {
  const cells = sample.map((row) => (row[column] ?? '').trim()).filter((cell) => cell !== '')
  return [...new Set(cells)].slice(0, most)
}
