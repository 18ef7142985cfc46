import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { keys } from '@/api/keys'
import { Problem } from '@/api/problem'
import { ruleCreate, ruleDelete, ruleList, ruleUpdate } from '@/api/product-rules'
import type { Rule, RulePatch } from '@/api/types'
import { toast } from '@/ui/Toast'

export function useRules(productId: string) {
  return useQuery({ queryKey: keys.rules.of(productId), queryFn: () => ruleList(productId) })
}

const CHANGED_SINCE = new Problem({
  status: 412,
  code: 'stale_version',
  title: 'Somebody else changed this rule meanwhile',
  detail: 'Somebody else changed this rule meanwhile. Their version is shown now: look at it first.',
})

interface Act {
  /** What is said when it was refused. */
  failed: string
  work: () => Promise<void>
}

/** What can be done to a rule, told by a toast, with a way back. */
export function useRuleActs(productId: string) {
  const client = useQueryClient()
  const stale = useCallback(() => void client.invalidateQueries({ queryKey: keys.rules.of(productId) }), [client, productId])
  const { mutate } = useMutation({
    mutationFn: ({ work }: Act) => work(),
    onError: (error, { failed }) => toast.error(failed, error instanceof Problem && error.status === 412 ? CHANGED_SINCE : error),
    onSettled: stale,
  })
  const attempt = (failed: string, work: Act['work']) => mutate({ failed, work })
  const put = (saved: Rule, patch: RulePatch) =>
    attempt('Not undone', async () => {
      await ruleUpdate(saved, patch)
      toast.done(`${saved.name} is as it was`)
    })
  return {
    /** Says that a form has saved a rule. */
    saved: (rule: Rule, before?: Rule) => {
      stale()
      if (!before) return toast.done(`${rule.name} is created`)
      const { name, when, then } = before
      toast.done(`${rule.name} is saved`, { action: { label: 'Undo', run: () => put(rule, { name, when, then }) } })
    },
    enable: (rule: Rule, enabled: boolean) =>
      attempt(enabled ? 'Not resumed' : 'Not paused', async () => {
        // At once on the screen; a refusal reads it anew.
        client.setQueryData(keys.rules.of(productId), (rules: Rule[] | undefined) =>
          rules?.map((one) => (one.id === rule.id ? { ...one, enabled } : one)),
        )
        const saved = await ruleUpdate(rule, { enabled })
        toast.done(enabled ? `${rule.name} acts again` : `${rule.name} is paused`, {
          action: { label: 'Undo', run: () => put(saved, { enabled: !enabled }) },
        })
      }),
    remove: (rule: Rule) =>
      attempt('Not deleted', async () => {
        await ruleDelete(rule)
        const { name, enabled, when, then } = rule
        const again = () =>
          attempt('Not undone', async () => {
            await ruleCreate(productId, { name, enabled, when, then })
            toast.done(`${name} is there again`)
          })
        toast.done(`${name} is deleted`, { action: { label: 'Undo', run: again } })
      }),
  }
}
