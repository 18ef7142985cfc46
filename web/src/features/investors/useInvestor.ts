import { useQuery } from '@tanstack/react-query'
import { investorGet } from '@/api/investors'
import { keys } from '@/api/keys'

/** The investor whose page this is; the page itself has read it already. */
export function useInvestor(investorId: string): { name: string; deleted: boolean } {
  const { data } = useQuery({ queryKey: keys.investors.one(investorId), queryFn: () => investorGet(investorId) })
  return { name: data?.name ?? '', deleted: Boolean(data?.deleted_at) }
}
