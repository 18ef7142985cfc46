import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import { cashFlowDelete, cashFlowList, investmentDelete } from '@/api/investments'
import { keys } from '@/api/keys'
import { Problem } from '@/api/problem'
import type { CashFlow, Investment } from '@/api/types'
import { CASH_FLOW_KINDS } from '@/api/words'
import { toast } from '@/ui/Toast'

/** Invalidates everything that shows an investor's amounts. */
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

/** More than a rate is computed from; guards against endless fetching. */
const MAX_PAGES = 40

/** All cash flows of an investment, newest first: running totals and the chart need every one. */
export async function allCashFlows(investment: Pick<Investment, 'id' | 'investor_id'>): Promise<CashFlow[]> {
  const all: CashFlow[] = []
  let cursor: string | null | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { items, next_cursor: next } = await cashFlowList(investment, cursor)
    all.push(...items)
    if (!next) break
    cursor = next
  }
  return all
}

function staleProblem(error: unknown, what: string): unknown {
  if (!(error instanceof Problem) || error.status !== 412) return error
  const detail = 'Review the latest version before you delete it.'
  return new Problem({ status: 412, code: 'stale_version', title: `Someone else changed this ${what}`, detail })
}

/** Deletes an investment without cash flows, and leaves its page. */
export function useRemoveInvestment() {
  const stale = useInvestmentsStale()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: (investment: Investment) => investmentDelete(investment),
    onSuccess: (_gone, { name, investor_id: investorId }) => {
      toast.done(`${name} deleted`)
      void navigate({ to: '/investors/$investorId/investments', params: { investorId }, replace: true })
    },
    onError: (error) => toast.error('Couldn’t delete the investment', staleProblem(error, 'investment')),
    onSettled: (_gone, _error, { investor_id: investorId }) => stale(investorId),
  })
}

export function useRemoveCashFlow() {
  const stale = useInvestmentsStale()
  return useMutation({
    mutationFn: (flow: CashFlow) => cashFlowDelete(flow),
    onSuccess: (_gone, { kind }) => toast.done(`${CASH_FLOW_KINDS[kind]} deleted`),
    onError: (error) => toast.error('Couldn’t delete the cash flow', staleProblem(error, 'cash flow')),
    onSettled: (_gone, _error, { investor_id: investorId }) => stale(investorId),
  })
}
