import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { LoaderCircle, TriangleAlert } from 'lucide-react'
import { investorGet } from '@/api/investors'
import { keys } from '@/api/keys'
import { mergeCreate, mergeList } from '@/api/merges'
import type { Merge } from '@/api/types'
import { useCan } from '@/session/useMe'
import { Button } from '@/ui/Button'
import { toast } from '@/ui/Toast'

/** A merge that stopped, for someone who may go on with it. */
function Stopped({ merge }: { merge: Merge }) {
  const client = useQueryClient()
  const may = useCan('investor_merge')
  const goOn = useMutation({
    mutationFn: async () => {
      const into = await investorGet(merge.investor_id)
      // The absorbed investor no longer has a version of its own.
      return mergeCreate(into, { absorbed_id: merge.absorbed_id, absorbed_version: 1 })
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.investors.merges(merge.investor_id) }),
    onError: (error) => toast.error('Couldn’t move the rest', error),
  })
  return (
    <div role="status" className="mt-4 flex flex-wrap items-center gap-2 rounded-md bg-red-bg px-3 py-2 text-red">
      <TriangleAlert className="size-4 shrink-0" aria-hidden />
      <p className="min-w-0 flex-1">
        {`Moving items from ${merge.absorbed_name} stopped, because ${merge.merged_by_name} is disabled or has other roles.`}
      </p>
      {may && (
        <Button busy={goOn.isPending} onClick={() => goOn.mutate()}>
          Move the rest
        </Button>
      )}
    </div>
  )
}

/** Progress of moving items from investors merged into this one. The live connection keeps it up to date. */
export function MergeProgress({ investorId }: { investorId: string }) {
  const { data } = useQuery({ queryKey: keys.investors.merges(investorId), queryFn: () => mergeList(investorId) })
  const merges = data?.items ?? []
  return merges.flatMap((merge) => {
    const { absorbed_id: id, absorbed_name: name, status, moved, left_behind: left } = merge
    if (status === 'stopped') return [<Stopped key={id} merge={merge} />]
    if (status === 'running') {
      return [
        <p key={id} role="status" className="mt-4 flex items-center gap-2 rounded-md bg-blue-bg px-3 py-2 text-blue">
          <LoaderCircle className="size-4 shrink-0 motion-safe:animate-spin" aria-hidden />
          {`Moving items from ${name} to this investor: ${moved} moved so far.`}
        </p>,
      ]
    }
    if (left === 0) return []
    return [
      <p key={id} role="status" className="mt-4 flex items-center gap-2 rounded-md bg-red-bg px-3 py-2 text-red">
        <TriangleAlert className="size-4 shrink-0" aria-hidden />
        {`${left} items from ${name} couldn’t be moved. Tell your administrator; the log lists them.`}
      </p>,
    ]
  })
}
