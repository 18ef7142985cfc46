import { numberFormat } from '@/lib/locale'
import type { Import } from '@/api/types'
import { formatSize } from '@/lib/size'

/** Maximum file size in bytes; the server's limit. */
export const MAX_BYTES = 26_214_400

/** Why a file can't be imported, as far as is known without reading it. */
export function fileMistake(file: Pick<File, 'name' | 'size'>): string | undefined {
  if (!/\.(csv|tsv|txt)$/i.test(file.name)) return `${file.name} isn’t a CSV file. Save the sheet as CSV first.`
  if (file.size === 0) return `${file.name} is empty.`
  if (file.size > MAX_BYTES)
    return `${file.name} is ${formatSize(file.size)}. The limit is ${formatSize(MAX_BYTES)} per import; split the file.`
  return undefined
}

const count = numberFormat()

export function formatCount(number: number): string {
  return count.format(number)
}

/** Such as "1 row" or "503 rows". */
export function rowsText(rows: number): string {
  return `${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`
}

/** Progress of a run, 0 to 1: by bytes, which are known exactly before the rows are counted. */
export function progressOf({ bytes_done: done, size }: Pick<Import, 'bytes_done' | 'size'>): number {
  return size === 0 ? 0 : Math.min(1, done / size)
}

export function isRunning({ status }: Pick<Import, 'status'>): boolean {
  return status === 'checking' || status === 'importing'
}
