import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { flushSync } from 'react-dom'
import { importPreview, importStart } from '@/api/imports'
import { keys } from '@/api/keys'
import { asProblem, Problem } from '@/api/problem'
import type { Import, ImportDefaults, ImportEncoding, ImportField, ImportPreview } from '@/api/types'
import { IMPORT_ENCODINGS, options } from '@/api/words'
import { newId } from '@/lib/id'
import { Button } from '@/ui/Button'
import { Select } from '@/ui/inputs'
import { ErrorState, FormError, Loading, Skeleton } from '@/ui/states'
import { rowsText } from './file'
import { MappingOptions } from './MappingOptions'
import { MappingTable } from './MappingTable'
import { draftMistakes, firstDraft, serverMistakes, startOf, type Draft, type Mistakes } from './mapping'
import { Unreadable } from './Unreadable'

interface FormProps {
  run: Import
  preview: ImportPreview
  onEncoding: (encoding: ImportEncoding) => void
  onStarted: () => void
}

const DELIMITERS: Record<string, string> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' }

function MappingForm({ run, preview, onEncoding, onStarted }: FormProps) {
  const client = useQueryClient()
  const [draft, setDraft] = useState<Draft>(() => firstDraft(preview, run))
  const [mistakes, setMistakes] = useState<Mistakes>({})
  const start = useMutation({
    mutationFn: () => importStart(run.id, startOf(preview, draft, true), newId()),
    onSuccess: (started) => {
      client.setQueryData(keys.imports.one(run.id), started)
      void client.invalidateQueries({ queryKey: keys.imports.list })
      onStarted()
    },
    onError: (error) => error instanceof Problem && setMistakes(serverMistakes(error, draft.fields)),
  })
  const change = (next: Partial<Draft>) => {
    setDraft((now) => ({ ...now, ...next }))
    setMistakes({})
    start.reset()
  }
  const setField = (column: number, field: ImportField | '') =>
    change({ fields: draft.fields.map((one, index) => (index === column ? field : one)) })
  const check = () => {
    const found = draftMistakes(draft, run.kind)
    flushSync(() => setMistakes(found))
    if (Object.keys(found).length === 0) return start.mutate()
    document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }
  const mapped = draft.fields.filter((field) => field !== '').length
  const shownElsewhere = Object.keys(mistakes).length > 0 && !mistakes['form']
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_320px]">
      <div className="flex min-w-0 flex-col gap-3">
        <p className="text-ink-2">
          About {rowsText(preview.rows_estimate)}, separated by {DELIMITERS[preview.delimiter] ?? preview.delimiter}. {mapped} of{' '}
          {preview.columns.length} columns will be imported.
        </p>
        <MappingTable kind={run.kind} preview={preview} fields={draft.fields} mistakes={mistakes} onChange={setField} />
        <div className="flex items-center gap-2 text-xs text-ink-3">
          <span id="encoding-label">Text looks garbled? Read the file as</span>
          <span className="w-56">
            <Select value={preview.encoding} onChange={onEncoding} options={options(IMPORT_ENCODINGS)} aria-labelledby="encoding-label" />
          </span>
        </div>
      </div>
      <aside className="flex flex-col gap-6 rounded-lg border border-line bg-surface p-4">
        <MappingOptions
          kind={run.kind}
          draft={draft}
          mistakes={mistakes}
          onKey={(key) => change({ key })}
          onDefaults={(changes: ImportDefaults) => change({ defaults: { ...draft.defaults, ...changes } })}
        />
        {mistakes['form'] && (
          <p role="alert" className="rounded-md bg-red-bg px-3 py-2 text-red">
            {mistakes['form']}
          </p>
        )}
        {start.isError && !shownElsewhere && !mistakes['form'] && <FormError error={start.error} />}
        <div>
          <Button variant="primary" className="w-full" busy={start.isPending} onClick={check}>
            Check all rows
          </Button>
          <p className="mt-2 text-center text-xs text-ink-3">Nothing is written yet.</p>
        </div>
      </aside>
    </div>
  )
}

function Waiting() {
  return (
    <Loading label="Reading the file">
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_320px]">
        <div className="rounded-lg border border-line bg-surface">
          {Array.from({ length: 8 }, (_, row) => (
            <div key={row} className="flex h-13 items-center gap-6 border-b border-line px-4 last:border-b-0">
              <Skeleton className="h-3 w-28" />
              <Skeleton className="h-3 flex-1" />
              <Skeleton className="h-8 w-40" />
            </div>
          ))}
        </div>
        <div className="flex flex-col gap-4 rounded-lg border border-line bg-surface p-4">
          <Skeleton className="h-3 w-32" />
          <Skeleton className="h-9 w-full" />
          <Skeleton className="h-9 w-full" />
        </div>
      </div>
    </Loading>
  )
}

/** Maps columns to fields, and ends with a check that writes nothing. */
export function MappingStage({ run, onStarted }: { run: Import; onStarted: () => void }) {
  const [encoding, setEncoding] = useState<ImportEncoding>(run.encoding ?? 'utf-8')
  const preview = useQuery({
    queryKey: keys.imports.preview(run.id, encoding),
    queryFn: () => importPreview(run.id, encoding),
    staleTime: Infinity,
    retry: (failures, error) => failures < 2 && asProblem(error).retryable,
  })
  if (preview.isPending) return <Waiting />
  if (preview.isError) {
    const problem = asProblem(preview.error)
    if (problem.status === 409 || problem.status === 422) {
      return <Unreadable problem={problem} encoding={encoding} onEncoding={setEncoding} />
    }
    return <ErrorState error={problem} onRetry={() => void preview.refetch()} />
  }
  return <MappingForm key={encoding} run={run} preview={preview.data} onEncoding={setEncoding} onStarted={onStarted} />
}
