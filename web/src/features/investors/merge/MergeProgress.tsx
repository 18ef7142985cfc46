import { useQuery } from '@tanstack/react-query'
import { LoaderCircle, TriangleAlert } from 'lucide-react'
import { keys } from '@/api/keys'
import { mergeList } from '@/api/merges'

/** Progress of moving items from investors merged into this one. The live connection keeps it up to date. */
export function MergeProgress({ investorId }: { investorId: string }) {
  const { data } = useQuery({ queryKey: keys.investors.merges(investorId), queryFn: () => mergeList(investorId) })
  const merges = data?.items ?? []
  return merges.flatMap(({ absorbed_id: id, absorbed_name: name, status, moved, left_behind: left }) => {
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
