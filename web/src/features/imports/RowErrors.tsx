import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { pages } from '@/api/client'
import { importErrorList } from '@/api/imports'
import { keys } from '@/api/keys'
import type { Import } from '@/api/types'
import { IMPORT_FIELDS } from '@/api/words'
import { ExportButton } from '@/shell/ExportButton'
import { LoadMore } from '@/ui/LoadMore'
import { Section } from '@/ui/PageHeader'
import { ErrorState, SkeletonLines } from '@/ui/states'
import { formatCount, rowsText } from './file'

/** The server keeps this many; the rest is only counted. */
const MAX_KEPT = 1000

/** Heading: the number of refused rows and of possible duplicates. */
function title({ error_count: refused, duplicate_count: alike }: Import): string {
  const parts = [
    refused > 0 ? `${rowsText(refused)} refused` : '',
    alike > 0 ? `${formatCount(alike)} possible ${alike === 1 ? 'duplicate' : 'duplicates'}` : '',
  ]
  return parts.filter((part) => part !== '').join(', ')
}

/** Row messages of the latest run: why rows were refused, or which investor they may duplicate. */
export function RowErrors({ run }: { run: Import }) {
  return run.error_count + run.duplicate_count > 0 ? <Rows run={run} /> : null
}

function Rows({ run }: { run: Import }) {
  const list = useInfiniteQuery({
    queryKey: keys.imports.errors(run.id),
    queryFn: ({ pageParam }) => importErrorList(run.id, pageParam),
    ...pages,
  })
  const errors = list.data?.pages.flatMap((page) => page.items) ?? []
  const cut = run.error_count > MAX_KEPT ? ` The first ${formatCount(MAX_KEPT)} reasons are listed.` : ''
  return (
    <Section
      title={title(run)}
      hint={`Rows are numbered as in your spreadsheet: the header is row 1.${cut}`}
      actions={
        <ExportButton
          path={`/api/exports/imports/${run.id}/errors`}
          name={`${run.file_name.replace(/\.\w+$/, '')}-refused`}
          label="Download"
        />
      }
    >
      {list.isPending ? (
        <SkeletonLines lines={4} />
      ) : list.isError && errors.length === 0 ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <div className="-m-4 max-h-[50vh] overflow-y-auto">
          <table className="w-full text-left">
            <thead className="sticky top-0 bg-surface text-xs text-ink-3">
              <tr>
                <th scope="col" className="w-20 py-2 pr-4 pl-4 text-right font-medium">
                  Row
                </th>
                <th scope="col" className="w-36 py-2 pr-4 font-medium max-md:hidden">
                  Field
                </th>
                <th scope="col" className="py-2 pr-4 font-medium">
                  Problem
                </th>
              </tr>
            </thead>
            <tbody>
              {errors.map((error, index) => (
                <tr key={index} className="border-t border-line align-top">
                  <td className="tabular py-1.5 pr-4 pl-4 text-right">{formatCount(error.row)}</td>
                  <td className="py-1.5 pr-4 text-ink-2 max-md:hidden">{error.field ? IMPORT_FIELDS[error.field] : 'Row'}</td>
                  <td className="py-1.5 pr-4">
                    {error.field && <span className="text-ink-3 md:hidden">{IMPORT_FIELDS[error.field]}: </span>}
                    {error.message}
                    {error.investor_id && (
                      <Link
                        to="/investors/$investorId"
                        params={{ investorId: error.investor_id }}
                        className="ml-2 whitespace-nowrap text-accent hover:underline"
                      >
                        View
                      </Link>
                    )}
                    {error.imported && (
                      <span className="ml-2 whitespace-nowrap text-ink-3">{run.status === 'done' ? 'imported' : 'not skipped'}</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <LoadMore hasMore={list.hasNextPage} loading={list.isFetchingNextPage} onLoad={() => void list.fetchNextPage()} />
        </div>
      )}
    </Section>
  )
}
