import { FileSpreadsheet } from 'lucide-react'
import { useRef, useState, type DragEvent } from 'react'
import { cx } from '@/lib/cx'
import { Button } from '@/ui/Button'
import { formatSize, MOST_BYTES } from './file'

/** Takes a file that is dropped on it, chosen with the system's dialog, or pasted. */
export function DropZone({ onFile, problem }: { onFile: (file: File) => void; problem?: string }) {
  const input = useRef<HTMLInputElement>(null)
  // Entering a child leaves its parent: only the count tells whether the pointer is still inside.
  const depth = useRef(0)
  const [over, setOver] = useState(false)
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0]
    if (file) onFile(file)
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
        'flex flex-col items-center rounded-lg border-2 border-dashed px-6 py-14 text-center transition-colors',
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
      <span className="mb-3 grid size-11 place-items-center rounded-lg border border-line bg-canvas text-ink-3">
        <FileSpreadsheet className="size-5" aria-hidden />
      </span>
      <p className="text-base font-semibold">{over ? 'Let go to upload' : <><span className="max-md:hidden">Drop a CSV file here</span><span className="md:hidden">Choose a CSV file</span></>}</p>
      <p className="mt-1 max-w-md text-ink-2">The first row names the columns; each row below is one investor. At most {formatSize(MOST_BYTES)} and 100,000 rows.</p>
      <Button variant="primary" className="mt-4" onClick={() => input.current?.click()}>Choose a file</Button>
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,text/csv"
        aria-label="CSV file"
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          take(event.target.files)
          // The same file can be chosen again after it was mended.
          event.target.value = ''
        }}
      />
      {problem && <p role="alert" className="mt-4 rounded-md bg-red-bg px-3 py-2 text-red">{problem}</p>}
    </div>
  )
}
