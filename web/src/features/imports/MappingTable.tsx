import { CircleAlert } from 'lucide-react'
import { useId } from 'react'
import type { ImportField, ImportPreview } from '@/api/types'
import { IMPORT_FIELDS, options } from '@/api/words'
import { cx } from '@/lib/cx'
import { Select, type Option } from '@/ui/inputs'
import { samplesOf, type Draft, type Mistakes } from './mapping'

type Choice = ImportField | 'leave'
const CHOICES: readonly Option<Choice>[] = [{ value: 'leave', label: 'Leave out' }, ...options(IMPORT_FIELDS)]

export interface MappingTableProps {
  preview: ImportPreview
  fields: Draft['fields']
  mistakes: Mistakes
  onChange: (column: number, field: ImportField | '') => void
}

/** Each column of the file with some of its cells and what it fills. */
export function MappingTable({ preview, fields, mistakes, onChange }: MappingTableProps) {
  const id = useId()
  return (
    <div role="table" aria-label="Columns and what they fill" className="overflow-hidden rounded-lg border border-line bg-surface">
      <div role="row" className="grid h-9 grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)_220px] items-center gap-4 border-b border-line px-4 text-xs font-medium text-ink-3 max-md:hidden">
        <span role="columnheader">Column</span>
        <span role="columnheader">Some of its cells</span>
        <span role="columnheader">Fills</span>
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
            <span role="rowheader" id={`${id}-${index}`} className={cx('truncate font-medium', field === '' && 'text-ink-3')}>{column}</span>
            <span role="cell" className="truncate text-ink-3">
              {samples.length === 0 ? 'empty' : samples.join(' · ')}
            </span>
            <span role="cell">
              <Select<Choice>
                value={field === '' ? 'leave' : field}
                onChange={(choice) => onChange(index, choice === 'leave' ? '' : choice)}
                options={CHOICES}
                aria-labelledby={`${id}-${index}`}
                aria-invalid={mistake ? true : undefined}
                aria-describedby={mistake ? `${id}-${index}-mistake` : undefined}
              />
              {mistake && (
                <span id={`${id}-${index}-mistake`} className="mt-1 flex items-start gap-1 text-xs text-red">
                  <CircleAlert className="mt-0.5 size-3 shrink-0" aria-hidden />{mistake}
                </span>
              )}
            </span>
          </div>
        )
      })}
    </div>
  )
}
