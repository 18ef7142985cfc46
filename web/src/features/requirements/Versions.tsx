import { useInfiniteQuery } from '@tanstack/react-query'
import { GitCompareArrows, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import type { Requirement, RequirementVersion } from '@/api/types'
import { requirementVersionList } from '@/api/requirements'
import { REQUIREMENT_FIELDS, humanize } from '@/api/words'
import { ExportButton } from '@/shell/ExportButton'
import { Button, IconButton } from '@/ui/Button'
import { LoadMore } from '@/ui/LoadMore'
import { Section } from '@/ui/PageHeader'
import { RelativeTime } from '@/ui/RelativeTime'
import { ErrorState, SkeletonLines } from '@/ui/states'
import { useRestore } from './useRestore'

function words({ version, changed }: RequirementVersion): string {
  if (version === 1) return 'Created'
  return changed.map((field) => REQUIREMENT_FIELDS[field] ?? humanize(field)).join(', ')
}

interface VersionsProps {
  requirement: Requirement
  mayWrite: boolean
  onCompare: (from: number, to: number) => void
}

/** All versions of a requirement. Two can be compared, and an old one restored as the newest. */
export function Versions({ requirement, mayWrite, onCompare }: VersionsProps) {
  const [chosen, setChosen] = useState<readonly number[]>([])
  const { busy, restore } = useRestore(requirement)
  const query = useInfiniteQuery({
    queryKey: keys.requirements.versions(requirement.product_id, requirement.id),
    queryFn: ({ pageParam }) => requirementVersionList(requirement, pageParam),
    ...pages,
  })
  const versions = query.data?.pages.flatMap((page) => page.items) ?? []
  const choose = (version: number, on: boolean) =>
    setChosen((now) => (on ? [...now, version].slice(-2) : now.filter((one) => one !== version)))
  const compare = () => {
    const [a = 0, b = requirement.version] = chosen
    onCompare(Math.min(a, b), Math.max(a, b))
  }
  const ready = chosen.length === 2 || (chosen.length === 1 && chosen[0] !== requirement.version)
  return (
    <Section
      title="Versions"
      hint={versions.length > 1 ? 'Select two to compare; a single one is compared with the current version.' : undefined}
      actions={
        <>
          <ExportButton
            path={`/api/exports/products/${requirement.product_id}/requirements/${requirement.id}/versions`}
            name={`${requirement.reference}-versions`}
            action="product_export"
            compact
            label="Export versions"
          />
          {versions.length > 1 && (
            <Button icon={GitCompareArrows} disabled={!ready} onClick={compare}>
              Compare
            </Button>
          )}
        </>
      }
    >
      {query.isPending ? (
        <SkeletonLines lines={4} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <>
          <ol aria-label="Versions" className="-m-4 max-h-96 divide-y divide-line overflow-y-auto">
            {versions.map((one) => (
              <li key={one.version} className="flex items-center gap-2 px-4 py-2">
                <label className="flex min-w-0 flex-1 items-start gap-2.5 max-md:min-h-11">
                  <input
                    type="checkbox"
                    aria-label={`Select version ${one.version}`}
                    className="mt-0.5 size-4 shrink-0 accent-accent max-md:size-5"
                    checked={chosen.includes(one.version)}
                    onChange={(event) => choose(one.version, event.target.checked)}
                  />
                  <span className="min-w-0">
                    <span className="block break-words">
                      <span className="font-medium">Version {one.version}</span> <span className="text-ink-2">{words(one)}</span>
                    </span>
                    <span className="block text-xs text-ink-3">
                      {one.by_name} · <RelativeTime at={one.at} />
                      {one.version === requirement.version && ' · Current'}
                    </span>
                  </span>
                </label>
                {mayWrite && one.version !== requirement.version && (
                  <IconButton
                    icon={RotateCcw}
                    label={`Restore version ${one.version}`}
                    disabled={busy}
                    onClick={() => restore(one.version)}
                  />
                )}
              </li>
            ))}
          </ol>
          <LoadMore hasMore={query.hasNextPage} loading={query.isFetchingNextPage} onLoad={() => void query.fetchNextPage()} />
        </>
      )}
    </Section>
  )
}
