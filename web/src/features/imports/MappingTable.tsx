import { CircleAlert } from 'lucide-react'
import { useId } from 'react'
import type { ImportField, ImportKind, ImportPreview } from '@/api/types'
import { IMPORT_FIELDS } from '@/api/words'
import { cx } from '@/lib/cx'
import { Select, type Option } from '@/ui/inputs'
import { KINDS } from './kinds'
import { samplesOf, type Draft, type Mistakes } from './mapping'

type Choice = ImportField | 'leave'
function choicesOf(kind: ImportKind): readonly Option<Choice>[] {
  return [{ value: 'leave', label: 'Don’t import' }, ...KINDS[kind].fields.map((field) => ({ value: field, label: IMPORT_FIELDS[field] }))]
}

export interface MappingTableProps {
  kind: ImportKind
  preview: ImportPreview
  fields: Draft['fields']
  mistakes: Mistakes
  onChange: (column: number, field: ImportField | '') => void
}

/** Each column of the file with sample values and the field it maps to. */
export function MappingTable({ kind, preview, fields, mistakes, onChange }: MappingTableProps) {
  const id = useId()
  const choices = choicesOf(kind)
  return (
    <div role="table" aria-label="Column mapping" className="overflow-hidden rounded-lg border border-line bg-surface">
      <div
        role="row"
        className="grid h-9 grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)_220px] items-center gap-4 border-b border-line px-4 text-xs font-medium text-ink-3 max-md:hidden"
      >
        <span role="columnheader">Column</span>
        <span role="columnheader">Sample values</span>
        <span role="columnheader">Field</span>
      </div>
      {preview.columns.map((column, index) => {
        const mistake = mistakes[`column.${index}`]
        const field = fields[index] ?? ''
        const samples = samplesOf(preview.sample, index)
        return (
          <div
            key={column}
            role="row"
            className="grid items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2 last:border-b-0 max-md:py-3 md:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)_220px]"
          >
            <span role="rowheader" id={`${id}-${index}`} className={cx('truncate font-medium', field === '' && 'text-ink-3')}>
              {column}
            </span>
            <span role="cell" className="truncate text-ink-3">
              {samples.length === 0 ? 'empty' : samples.join(' · ')}
            </span>
            <span role="cell">
              <Select<Choice>
                value={field === '' ? 'leave' : field}
                onChange={(choice) => onChange(index, choice === 'leave' ? '' : choice)}
                options={choices}
                aria-labelledby={`${id}-${index}`}
                aria-invalid={mistake ? true : undefined}
                aria-describedby={mistake ? `${id}-${index}-mistake` : undefined}
              />
              {mistake && (
                <span id={`${id}-${index}-mistake`} className="mt-1 flex items-start gap-1 text-xs text-red">
                  <CircleAlert className="mt-0.5 size-3 shrink-0" aria-hidden />
                  {mistake}
                </span>
              )}
            </span>
          </div>
        )
      })}
    </div>
  )
}
