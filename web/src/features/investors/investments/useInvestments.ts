import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import { cashFlowDelete, cashFlowList, investmentDelete } from '@/api/investments'
import { keys } from '@/api/keys'
import { Problem } from '@/api/problem'
import type { CashFlow, Investment } from '@/api/types'
import { CASH_FLOW_KINDS } from '@/api/words'
import { toast } from '@/ui/Toast'

/** Has everything read again that an investor's money appears in. */
export function useInvestmentsStale(): (investorId: string) => void {
  const client = useQueryClient()
  return useCallback(
    (investorId: string) => {
      void client.invalidateQueries({ queryKey: keys.investments.of(investorId) })
      void client.invalidateQueries({ queryKey: keys.investors.timelines(investorId) })
    },
    [client],
  )
}

/** More than a rate is computed from; keeps a mistake from fetching without end. */
const MOST_PAGES = 40

/** All cash flows of an investment, the newest first: running totals and the chart need every one. */
export async function allCashFlows(investment: Pick<Investment, 'id' | 'investor_id'>): Promise<CashFlow[]> {
  const all: CashFlow[] = []
  let cursor: string | null | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { items, next_cursor: next } = await cashFlowList(investment, cursor)
    all.push(...items)
    if (!next) break
    cursor = next
  }
  return all
}

function told(error: unknown, what: string): unknown {
  if (!(error instanceof Problem) || error.status !== 412) return error
  const detail = 'Look at it as it is now before you delete it.'
  return new Problem({ status: 412, code: 'stale_version', title: `Somebody changed this ${what} meanwhile`, detail })
}

/** Deletes an investment without cash flows, and leaves its page. */
export function useRemoveInvestment() {
  const stale = useInvestmentsStale()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: (investment: Investment) => investmentDelete(investment),
    onSuccess: (_gone, { name, investor_id: investorId }) => {
      toast.done(`${name} is deleted`)
      void navigate({ to: '/investors/$investorId/investments', params: { investorId }, replace: true })
    },
    onError: (error) => toast.error('Not deleted', told(error, 'investment')),
    onSettled: (_gone, _error, { investor_id: investorId }) => stale(investorId),
  })
}

export function useRemoveCashFlow() {
  const stale = useInvestmentsStale()
  return useMutation({
    mutationFn: (flow: CashFlow) => cashFlowDelete(flow),
    onSuccess: (_gone, { kind }) => toast.done(`${CASH_FLOW_KINDS[kind]} deleted`),
    onError: (error) => toast.error('Not deleted', told(error, 'cash flow')),
    onSettled: (_gone, _error, { investor_id: investorId }) => stale(investorId),
  })
}
