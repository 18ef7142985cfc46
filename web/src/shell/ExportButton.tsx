import { numberFormat } from '@/lib/locale'
import { useMutation } from '@tanstack/react-query'
import { FileDown } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { exportList, type ExportFilters, type ExportPath } from '@/api/exports'
import { today } from '@/lib/time'
import { saveFile } from '@/lib/saveFile'
import { can, useMe } from '@/session/useMe'
import { Button, IconButton } from '@/ui/Button'
import { toast } from '@/ui/Toast'

const count = numberFormat()
const rowsText = (rows: number) => `${count.format(rows)} ${rows === 1 ? 'row' : 'rows'}`

interface ExportProps {
  path: ExportPath
  /** The list's current filters. */
  filters?: ExportFilters
  /** File name without date and extension. */
  name: string
  /** The required permission; without it, nothing is shown. */
  action?: string
  label?: string
  /** Icon only, if the surrounding text says what is exported. */
  compact?: boolean
}

/** Saves a list as a CSV file: fetches it page by page, shows progress, and can be cancelled. Leaving the page cancels it. */
export function ExportButton({ path, filters = {}, name, action, label = 'Export CSV', compact = false }: ExportProps) {
  const me = useMe()
  const [rows, setRows] = useState(0)
  const work = useRef<AbortController | null>(null)
  useEffect(() => () => work.current?.abort(), [])
  const { isPending, mutate } = useMutation({
    mutationFn: (signal: AbortSignal) => exportList(path, filters, setRows, signal),
    onSuccess: (exported) => {
      const file = `${name}-${today()}.csv`
      saveFile(file, exported.parts)
      toast.done(`${file} saved`, { detail: rowsText(exported.rows) })
    },
    onError: (error, signal) => {
      if (!signal.aborted) toast.error('Export failed', error, { action: { label: 'Try again', run: start } })
    },
  })
  const start = () => {
    work.current = new AbortController()
    setRows(0)
    mutate(work.current.signal)
  }
  if (action !== undefined && !can(me, action)) return null
  if (!isPending) {
    if (compact) return <IconButton icon={FileDown} label={label} onClick={start} />
    return (
      <Button icon={FileDown} aria-label={label} onClick={start}>
        <span className="max-md:hidden">{label}</span>
      </Button>
    )
  }
  return (
    <span className="flex items-center gap-2">
      <span role="status" className="tabular text-ink-2">
        {rowsText(rows)}…
      </span>
      <Button onClick={() => work.current?.abort()}>
        Cancel<span className="sr-only"> the export</span>
      </Button>
    </span>
  )
}
