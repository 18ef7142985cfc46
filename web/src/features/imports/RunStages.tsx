import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Ban, CircleCheck, FileWarning } from 'lucide-react'
import { useState } from 'react'
import { importCancel, importStart } from '@/api/imports'
import { keys } from '@/api/keys'
import type { Import } from '@/api/types'
import { newId } from '@/lib/id'
import { formatShare } from '@/lib/percent'
import { Button, buttonClass } from '@/ui/Button'
import { Checkbox } from '@/ui/inputs'
import { ProgressBar } from '@/ui/ProgressBar'
import { EmptyState, FormError } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { Figures } from './Figures'
import { formatCount, progressOf, rowsText } from './file'
import { startAgain } from './mapping'
import { RowErrors } from './RowErrors'

function useStored() {
  const client = useQueryClient()
  return (run: Import) => {
    client.setQueryData(keys.imports.one(run.id), run)
    void client.invalidateQueries({ queryKey: keys.imports.list })
    void client.invalidateQueries({ queryKey: keys.imports.errors(run.id) })
  }
}

/** A running import: its progress, and a button to stop it. */
export function RunningStage({ run }: { run: Import }) {
  const stored = useStored()
  const cancel = useMutation({
    mutationFn: () => importCancel(run.id),
    onSuccess: stored,
    onError: (error) => toast.error('Couldn’t cancel the import', error),
  })
  const real = run.status === 'importing'
  const share = progressOf(run)
  const total = run.rows_total_estimate
  return (
    <div className="flex flex-col gap-4">
      <div className="rounded-lg border border-line bg-surface p-4">
        <div className="mb-3 flex items-center gap-3">
          <div className="min-w-0 flex-1" role="status">
            <p className="font-medium">{real ? 'Importing…' : 'Checking every row…'}</p>
            <p className="tabular text-xs text-ink-3">
              {formatCount(run.rows_done)}
              {total ? ` of about ${rowsText(total)}` : ' rows'}
            </p>
          </div>
          <span className="tabular font-medium text-ink-2">{formatShare(share * 100)}</span>
          <Button busy={cancel.isPending} onClick={() => cancel.mutate()}>
            {real ? 'Stop' : 'Cancel'}
          </Button>
        </div>
        <ProgressBar value={share} label={real ? 'Import' : 'Check'} />
        <p className="mt-3 text-xs text-ink-3">You can leave this page. The import continues, and you’ll be notified when it’s done.</p>
      </div>
      <Figures run={run} real={real} />
    </div>
  )
}

function editColumns(importId: string) {
  return { to: '/imports/$importId', params: { importId }, search: { step: 'map' } } as const
}

/** The result of a check, from which the actual import is started. */
export function CheckedStage({ run }: { run: Import }) {
  const stored = useStored()
  const [skipping, setSkipping] = useState(false)
  const again = startAgain(run, false, skipping)
  const start = useMutation({
    mutationFn: () => (again ? importStart(run.id, again, newId()) : Promise.reject(new Error('The columns aren’t mapped yet'))),
    onSuccess: stored,
  })
  // Possible duplicates were counted as new, because the check skips none of them.
  const good = run.created_count + run.updated_count - (skipping ? run.duplicate_count : 0)
  const nothing = good === 0
  return (
    <div className="flex flex-col gap-4">
      <Figures run={run} real={false} />
      {run.duplicate_count > 0 && (
        <div className="rounded-lg border border-line bg-surface p-4">
          <Checkbox
            checked={skipping}
            onChange={setSkipping}
            label={`Skip ${rowsText(run.duplicate_count)} that may be duplicates of existing investors`}
            hint="They’re listed below. If you import them, you can merge them later."
          />
        </div>
      )}
      {start.isError && <FormError error={start.error} />}
      <div className="flex flex-wrap items-center gap-3 rounded-lg border border-line bg-surface p-4">
        <p className="min-w-0 flex-1 text-ink-2 max-md:basis-full">
          {nothing
            ? 'Nothing would change.'
            : run.error_count > 0
              ? `${rowsText(run.error_count)} with errors would be skipped; everything else would be imported.`
              : 'All rows are valid. Nothing has been written yet.'}
        </p>
        <Link {...editColumns(run.id)} className={buttonClass()}>
          Change mapping
        </Link>
        <Button variant="primary" busy={start.isPending} disabled={nothing} onClick={() => start.mutate()}>
          {nothing ? 'Import' : `Import ${rowsText(good)}`}
        </Button>
      </div>
      <RowErrors run={run} />
    </div>
  )
}

/** Link to a new import of the same kind. */
function another({ kind, product_id: product }: Import) {
  const search = kind === 'investors' ? {} : { kind, product: product ?? undefined }
  return { to: '/imports/new', search } as const
}

/** Link to the imported entities. */
function Made({ run: { kind, product_id: productId } }: { run: Import }) {
  const look = buttonClass('primary')
  if (kind === 'investors' || !productId)
    return (
      <Link to="/investors" className={look}>
        View investors
      </Link>
    )
  const list: string = `/products/${productId}/${kind}`
  return (
    <Link to={list} className={look}>
      View {kind}
    </Link>
  )
}

/** A finished import. */
export function DoneStage({ run }: { run: Import }) {
  const good = run.created_count + run.updated_count
  const made = [
    [run.created_count, 'created'],
    [run.updated_count, 'updated'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, what]) => `${formatCount(Number(count))} ${what}`)
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-3 rounded-lg bg-green-bg p-4 text-green">
        <CircleCheck className="size-5 shrink-0" aria-hidden />
        <p className="min-w-0 flex-1 font-medium">{good === 0 ? 'Done. There was nothing to change.' : `Done: ${made.join(', ')}.`}</p>
        <span className="flex gap-2 max-md:w-full max-md:*:flex-1">
          <Link {...another(run)} className={buttonClass()}>
            Import more
          </Link>
          <Made run={run} />
        </span>
      </div>
      <Figures run={run} real />
      <RowErrors run={run} />
    </div>
  )
}

/** A run that ended early; rows imported until then are kept. */
export function EndedStage({ run }: { run: Import }) {
  const navigate = useNavigate()
  const failed = run.status === 'failed'
  const some = run.created_count + run.updated_count > 0
  return (
    <div className="flex flex-col gap-4">
      <EmptyState
        icon={failed ? FileWarning : Ban}
        title={failed ? 'This file couldn’t be imported' : 'Cancelled'}
        action={
          <span className="flex gap-2">
            {failed && <Button onClick={() => void navigate(editColumns(run.id))}>Change mapping</Button>}
            <Link {...another(run)} className={buttonClass('primary')}>
              Choose another file
            </Link>
          </span>
        }
      >
        {failed
          ? (run.failure?.message ?? 'The reason is unknown.')
          : some
            ? 'Rows imported before the cancellation are kept.'
            : 'Nothing was imported.'}
      </EmptyState>
      {(some || run.error_count > 0) && <Figures run={run} real />}
      <RowErrors run={run} />
    </div>
  )
}
