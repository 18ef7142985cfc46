import type { DocumentStatus, FileType } from '@/api/types'
import { formatSize } from '@/lib/size'

/** Maximum file size in bytes; the server's limit. */
export const MAX_BYTES = 104_857_600
const MAX_NAME = 200

/** By extension only: systems report types differently (Excel's own type for CSV, or none at all), and the server checks the content. */
const TYPES: ReadonlyMap<string, FileType> = new Map([
  ['pdf', 'application/pdf'],
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['csv', 'text/csv'],
  ['txt', 'text/plain'],
])

/** In the format of a file control's `accept` attribute. */
export const ACCEPTED = [...TYPES.keys()].map((ending) => `.${ending}`).join(',')

export function fileType(name: string): FileType | undefined {
  const dot = name.lastIndexOf('.')
  return dot < 0 ? undefined : TYPES.get(name.slice(dot + 1).toLowerCase())
}

/** Why a file isn't accepted, as far as is known without reading it. */
export function fileMistake({ name, size }: Pick<File, 'name' | 'size'>): string | undefined {
  if (!fileType(name)) return `${name} has an unsupported file type.`
  if (size === 0) return `${name} is empty.`
  if (size > MAX_BYTES) return `${name} is ${formatSize(size)}. The limit is ${formatSize(MAX_BYTES)}.`
  return undefined
}

/**
 * The name to announce a file under: characters the server refuses in names (path parts, control characters, marks that hide or reorder
 * text) are no reason to refuse a file.
 */
export function announcedName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/[\p{Cf}\u2028\u2029]/gu, '')
    .replace(/[\p{Cc}/\\:*?"<>|]/gu, '_')
    .trim()
    .replace(/^\.+/, '')
  const dot = plain.lastIndexOf('.')
  const ending = dot < 0 ? '' : plain.slice(dot)
  const stem = (dot < 0 ? plain : plain.slice(0, dot)).trim() || 'File'
  return `${[...stem]
    .slice(0, MAX_NAME - ending.length)
    .join('')
    .trimEnd()}${ending}`
}

const SHOWN: ReadonlySet<FileType> = new Set(['application/pdf', 'image/png', 'image/jpeg', 'image/webp', 'image/gif'])

/** Whether a browser can display such a file within the page. */
export function isShown({ status, content_type: type }: { status: DocumentStatus; content_type: FileType }): boolean {
  return status === 'available' && SHOWN.has(type)
}
