import { useInfiniteQuery } from '@tanstack/react-query'
import { createLazyRoute, Link, useNavigate } from '@tanstack/react-router'
import { FileUp, Plus } from 'lucide-react'
import { pages } from '@/api/client'
import { importList } from '@/api/imports'
import { keys } from '@/api/keys'
import type { Import } from '@/api/types'
import { formatSize } from '@/lib/size'
import { useShortcut } from '@/lib/shortcuts'
import { useUsers } from '@/session/useUsers'
import { ExportButton } from '@/shell/ExportButton'
import { usePageTitle } from '@/lib/title'
import { StatusBadge } from '@/ui/Badge'
import { buttonClass } from '@/ui/Button'
import { DataTable, type Column } from '@/ui/DataTable'
import { PageHeader } from '@/ui/PageHeader'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState } from '@/ui/states'
import { formatCount, isRunning, progressOf } from './file'

export const Route = createLazyRoute('/shell/imports')({ component: ImportsPage })

function Status({ run }: { run: Import }) {
  return (
    <span className="flex items-center gap-2">
      <StatusBadge status={run.status} />
      {isRunning(run) && <span className="tabular text-xs text-ink-3">{Math.round(progressOf(run) * 100)} %</span>}
    </span>
  )
}

const figure = (number: number) => (number === 0 ? <span className="text-ink-3">0</span> : formatCount(number))

function columns(names: ReadonlyMap<string, string>): Column<Import>[] {
  return [
    { id: 'file', header: 'File', fixed: true, width: 'minmax(200px, 2fr)', className: 'font-medium', cell: (run) => run.file_name },
    { id: 'status', header: 'Status', width: 'minmax(150px, 1fr)', cell: (run) => <Status run={run} /> },
    { id: 'created', header: 'Created', width: '80px', align: 'end', cell: (run) => figure(run.created_count) },
    { id: 'updated', header: 'Updated', width: '80px', align: 'end', cell: (run) => figure(run.updated_count) },
    { id: 'unchanged', header: 'Unchanged', width: '90px', align: 'end', cell: (run) => figure(run.unchanged_count) },
    {
      id: 'errors',
      header: 'Refused',
      width: '80px',
      align: 'end',
      cell: (run) => (run.error_count > 0 ? <span className="text-red">{formatCount(run.error_count)}</span> : figure(0)),
    },
    { id: 'size', header: 'Size', width: '80px', align: 'end', optional: true, cell: (run) => formatSize(run.size) },
    { id: 'by', header: 'By', width: 'minmax(120px, 1fr)', className: 'text-ink-2', cell: (run) => names.get(run.created_by) },
    { id: 'at', header: 'When', width: '168px', cell: (run) => <RelativeTime at={run.created_at} className="text-ink-2" /> },
  ]
}

function PhoneRow({ run }: { run: Import }) {
  return (
    <>
      <span className="flex items-center justify-between gap-2">
        <span className="truncate font-medium">{run.file_name}</span>
        <Status run={run} />
      </span>
      <span className="tabular mt-1 truncate text-xs text-ink-3">
        {formatCount(run.created_count)} created · {formatCount(run.updated_count)} updated · {formatCount(run.error_count)} refused ·{' '}
        <RelativeTime at={run.created_at} />
      </span>
    </>
  )
}

function ImportsPage() {
  usePageTitle('Imports')
  const navigate = useNavigate()
  const names = new Map(useUsers().users.map((user) => [user.id, user.name]))
  const list = useInfiniteQuery({ queryKey: keys.imports.list, queryFn: ({ pageParam }) => importList(pageParam), ...pages })
  const runs = list.data?.pages.flatMap((page) => page.items) ?? []
  useShortcut('c', 'New import', () => void navigate({ to: '/imports/new' }))
  const start = (
    <Link to="/imports/new" className={buttonClass('primary')}>
      <Plus className="size-4" aria-hidden />
      New import
    </Link>
  )
  return (
    <div className="flex h-full flex-col">
      <PageHeader
        title="Imports"
        actions={
          runs.length > 0 && (
            <>
              <ExportButton path="/api/exports/imports" name="imports" />
              {start}
            </>
          )
        }
      />
      <div className="min-h-0 flex-1">
        <DataTable
          name="imports"
          label="Imports, newest first"
          columns={columns(names)}
          rows={runs}
          rowId={(run) => run.id}
          phone={(run) => <PhoneRow run={run} />}
          onOpen={(run) => void navigate({ to: '/imports/$importId', params: { importId: run.id } })}
          loading={list.isPending}
          error={list.error}
          onRetry={() => void list.refetch()}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          onLoadMore={() => void list.fetchNextPage()}
          empty={
            <EmptyState icon={FileUp} title="No imports yet" action={start}>
              Import investors from a spreadsheet: map its columns to fields, check the result, then import.
            </EmptyState>
          }
        />
      </div>
    </div>
  )
}
