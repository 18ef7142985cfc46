import type { LucideIcon } from 'lucide-react'
import { useRef, useState, type DragEvent, type ReactNode } from 'react'
import { cx } from '@/lib/cx'
import { Button } from './Button'

export interface DropZoneProps {
  icon: LucideIcon
  /** Label of the file control. */
  label: string
  /** Prompts with a pointer, and on a phone. */
  drop: string
  choose: string
  /** What is accepted. */
  children: ReactNode
  /** In the format of a file control's `accept` attribute. */
  accept: string
  multiple?: boolean
  /** More compact, for use above a list. */
  compact?: boolean
  onFiles: (files: File[]) => void
  problem?: string
}

/** Accepts files by drag and drop, from the system's dialog, or pasted. */
export function DropZone({
  icon: Icon,
  label,
  drop,
  choose,
  children,
  accept,
  multiple = false,
  compact = false,
  onFiles,
  problem,
}: DropZoneProps) {
  const input = useRef<HTMLInputElement>(null)
  // Entering a child leaves its parent: only a count tells whether the pointer is still inside.
  const depth = useRef(0)
  const [over, setOver] = useState(false)
  const take = (files: FileList | null | undefined) => {
    const found = [...(files ?? [])]
    if (found.length > 0) onFiles(found)
  }
  const within = (change: number) => {
    depth.current += change
    setOver(depth.current > 0)
  }
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    depth.current = 0
    setOver(false)
    take(event.dataTransfer.files)
  }
  return (
    <div
      className={cx(
        'flex flex-col items-center rounded-lg border-2 border-dashed px-6 text-center transition-colors',
        compact ? 'py-5' : 'py-14',
        over ? 'border-accent bg-selected' : 'border-line-strong/60 bg-surface',
      )}
      onDragEnter={(event) => {
        event.preventDefault()
        within(1)
      }}
      onDragOver={(event) => event.preventDefault()}
      onDragLeave={() => within(-1)}
      onDrop={onDrop}
      onPaste={(event) => take(event.clipboardData.files)}
    >
      {!compact && (
        <span className="mb-3 grid size-11 place-items-center rounded-lg border border-line bg-canvas text-ink-3">
          <Icon className="size-5" aria-hidden />
        </span>
      )}
      <p className="text-base font-semibold">
        {over ? (
          'Drop to upload'
        ) : (
          <>
            <span className="max-md:hidden">{drop}</span>
            <span className="md:hidden">{choose}</span>
          </>
        )}
      </p>
      <p className="mt-1 max-w-md text-ink-2">{children}</p>
      <Button variant={compact ? 'secondary' : 'primary'} className={compact ? 'mt-3' : 'mt-4'} onClick={() => input.current?.click()}>
        {multiple ? 'Choose files' : 'Choose a file'}
      </Button>
      <input
        ref={input}
        type="file"
        accept={accept}
        multiple={multiple}
        aria-label={label}
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          take(event.target.files)
          // Allows choosing the same file again after it was fixed.
          event.target.value = ''
        }}
      />
      {problem && (
        <p role="alert" className="mt-4 rounded-md bg-red-bg px-3 py-2 whitespace-pre-line text-red">
          {problem}
        </p>
      )}
    </div>
  )
}
