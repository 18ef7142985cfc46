import { FileImage, FileSpreadsheet, FileText, FileType2, Presentation, Table2, type LucideIcon } from 'lucide-react'
import type { FileType } from '@/api/types'
import { FILE_TYPES } from '@/api/words'
import { cx } from '@/lib/cx'

const OFFICE = 'application/vnd.openxmlformats-officedocument'
const LOOK: Partial<Record<FileType, [LucideIcon, string]>> = {
  'application/pdf': [FileText, 'text-red'],
  [`${OFFICE}.wordprocessingml.document`]: [FileType2, 'text-blue'],
  [`${OFFICE}.spreadsheetml.sheet`]: [FileSpreadsheet, 'text-green'],
  [`${OFFICE}.presentationml.presentation`]: [Presentation, 'text-amber'],
  'text/csv': [Table2, 'text-green'],
}

/** An icon for a file type. */
export function FileIcon({ type }: { type: FileType }) {
  const [Icon, colour] = LOOK[type] ?? (type.startsWith('image/') ? [FileImage, 'text-violet'] : [FileText, 'text-ink-3'])
  return (
    <span className="grid size-9 shrink-0 place-items-center rounded-md border border-line bg-canvas">
      <Icon role="img" aria-label={FILE_TYPES[type]} className={cx('size-5', colour)} />
    </span>
  )
}
