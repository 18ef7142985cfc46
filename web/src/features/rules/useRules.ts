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
  title: 'Someone else changed this rule',
  detail: 'Someone else changed this rule. Their version is now shown; review it first.',
})

interface Act {
  /** Title of the error toast. */
  failed: string
  work: () => Promise<void>
}

/** Actions on rules, each confirmed by a toast with an undo. */
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
    attempt('Couldn’t undo the change', async () => {
      await ruleUpdate(saved, patch)
      toast.done(`Change to ${saved.name} undone`)
    })
  return {
    /** Confirms that a form has saved a rule. */
    saved: (rule: Rule, before?: Rule) => {
      stale()
      if (!before) return toast.done(`${rule.name} created`)
      const { name, when, then } = before
      toast.done(`${rule.name} saved`, { action: { label: 'Undo', run: () => put(rule, { name, when, then }) } })
    },
    enable: (rule: Rule, enabled: boolean) =>
      attempt(enabled ? 'Couldn’t resume the rule' : 'Couldn’t pause the rule', async () => {
        // Optimistic; a refusal reloads the rules.
        client.setQueryData(keys.rules.of(productId), (rules: Rule[] | undefined) =>
          rules?.map((one) => (one.id === rule.id ? { ...one, enabled } : one)),
        )
        const saved = await ruleUpdate(rule, { enabled })
        toast.done(enabled ? `${rule.name} resumed` : `${rule.name} paused`, {
          action: { label: 'Undo', run: () => put(saved, { enabled: !enabled }) },
        })
      }),
    remove: (rule: Rule) =>
      attempt('Couldn’t delete the rule', async () => {
        await ruleDelete(rule)
        const { name, enabled, when, then } = rule
        const again = () =>
          attempt('Couldn’t undo the change', async () => {
            await ruleCreate(productId, { name, enabled, when, then })
            toast.done(`${name} restored`)
          })
        toast.done(`${name} deleted`, { action: { label: 'Undo', run: again } })
      }),
  }
}
