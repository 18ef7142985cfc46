import { useQuery } from '@tanstack/react-query'
import { investorGet } from '@/api/investors'
import { keys } from '@/api/keys'

/** The investor of the current page, which the page has already loaded. */
export function useInvestor(investorId: string): { name: string; deleted: boolean; country: string | undefined } {
  const { data } = useQuery({ queryKey: keys.investors.one(investorId), queryFn: () => investorGet(investorId) })
  return { name: data?.name ?? '', deleted: Boolean(data?.deleted_at), country: data?.country ?? undefined }
}
