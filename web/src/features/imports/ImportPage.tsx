import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, getRouteApi } from '@tanstack/react-router'
import { FileUp } from 'lucide-react'
import { useEffect } from 'react'
import { importGet } from '@/api/imports'
import { keys } from '@/api/keys'
import { asProblem } from '@/api/problem'
import type { Import } from '@/api/types'
import { formatSize } from '@/lib/size'
import { usePageTitle } from '@/lib/title'
import { StatusBadge } from '@/ui/Badge'
import { PageHeader } from '@/ui/PageHeader'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { isRunning } from './file'
import { MappingStage } from './MappingStage'
import { CheckedStage, DoneStage, EndedStage, RunningStage } from './RunStages'
import { Steps, type Step } from './Steps'

export const Route = createLazyRoute('/shell/imports/$importId')({ component: ImportPage })
const route = getRouteApi('/shell/imports/$importId')

/** Live events report progress; this covers times without them, and events that arrived before the page. */
const POLL_MS = 1500

function stepOf({ status }: Import, mapping: boolean): Step {
  if (mapping) return 'Columns'
  return status === 'checking' || status === 'checked' ? 'Check' : 'Import'
}

function Stage({ run, mapping, onStarted }: { run: Import; mapping: boolean; onStarted: () => void }) {
  if (mapping) return <MappingStage run={run} onStarted={onStarted} />
  switch (run.status) {
    case 'checking':
    case 'importing':
      return <RunningStage run={run} />
    case 'checked':
      return <CheckedStage run={run} />
    case 'done':
      return <DoneStage run={run} />
    default:
      return <EndedStage run={run} />
  }
}

function ImportPage() {
  const { importId } = route.useParams()
  const { step } = route.useSearch()
  const navigate = route.useNavigate()
  const client = useQueryClient()
  const query = useQuery({
    queryKey: keys.imports.one(importId),
    queryFn: () => importGet(importId),
    refetchInterval: ({ state }) => (state.data && isRunning(state.data) ? POLL_MS : false),
  })
  const run = query.data
  usePageTitle('Imports', run?.file_name)
  const ended = run && !isRunning(run) && run.rows_done > 0 ? `${run.status} ${run.version}` : undefined
  useEffect(() => {
    // Refreshes the errors of the run that just ended, and the investors it created.
    if (ended === undefined) return
    void client.invalidateQueries({ queryKey: keys.imports.errors(importId) })
    void client.invalidateQueries({ queryKey: keys.imports.list })
  }, [client, importId, ended])

  if (query.isPending)
    return (
      <div className="p-6">
        <SkeletonLines lines={6} />
      </div>
    )
  if (query.isError && !run) {
    if (asProblem(query.error).status === 404) {
      return (
        <EmptyState icon={FileUp} title="Import not found">
          Imports are kept for 30 days, and are visible to the user who started them and to admins.
        </EmptyState>
      )
    }
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  }
  if (!run) return null
  const open = run.status === 'awaiting_upload' || run.status === 'ready'
  const mapping = open || (step === 'map' && (run.status === 'checked' || run.status === 'failed'))
  const started = () => void navigate({ search: { step: undefined }, replace: true })
  return (
    <>
      <PageHeader
        title={run.file_name}
        meta={
          <span className="flex items-center gap-2">
            <span className="max-md:hidden">{formatSize(run.size)}</span>
            {!open && <StatusBadge status={run.status} />}
          </span>
        }
        actions={
          <span className="max-md:hidden">
            <Steps current={stepOf(run, mapping)} finished={run.status === 'done'} />
          </span>
        }
      />
      <div className="mx-auto flex max-w-5xl flex-col gap-4 px-4 py-6 md:px-6">
        <div className="md:hidden">
          <Steps current={stepOf(run, mapping)} finished={run.status === 'done'} />
        </div>
        <Stage run={run} mapping={mapping} onStarted={started} />
      </div>
    </>
  )
}
