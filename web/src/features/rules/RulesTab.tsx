import { createLazyRoute, getRouteApi } from '@tanstack/react-router'
import { Ellipsis, Pencil, Plus, Trash2, Workflow } from 'lucide-react'
import { useState } from 'react'
import type { Rule } from '@/api/types'
import { cx } from '@/lib/cx'
import { useShortcut } from '@/lib/shortcuts'
import { useProductCan } from '@/session/productAccess'
import { ExportButton } from '@/shell/ExportButton'
import { useLoadedProduct, useTeam } from '@/shell/products/useProduct'
import { useChange } from '@/shell/useChange'
import { Badge } from '@/ui/Badge'
import { Button, IconButton } from '@/ui/Button'
import { Dialog, SidePanel } from '@/ui/Dialog'
import { Menu, MenuItem, MenuSeparator } from '@/ui/Menu'
import { RelativeTime } from '@/ui/RelativeTime'
import { EmptyState, ErrorState, Loading, Skeleton } from '@/ui/states'
import { Switch } from '@/ui/Switch'
import { RuleForm } from './RuleForm'
import type { RulesSearch } from './routes'
import { useRuleActs, useRules } from './useRules'
import { MAX_RULES } from './values'
import { sentence } from './words'

export const Route = createLazyRoute('/shell/products/$productId/rules')({ component: RulesTab })
const route = getRouteApi('/shell/products/$productId/rules')

interface Acts {
  edit: (rule: Rule) => void
  enable: (rule: Rule, enabled: boolean) => void
  remove: (rule: Rule) => void
}

function Row({ rule, nameOf, acts }: { rule: Rule; nameOf: (userId: string) => string | undefined; acts: Acts | undefined }) {
  const words = sentence(rule, nameOf)
  return (
    <li className="flex items-start gap-3 px-4 py-4">
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-2">
          <h3 className="font-semibold break-words">{rule.name}</h3>
          {!rule.enabled && <Badge>Paused</Badge>}
        </div>
        <p className={cx('mt-1 break-words', rule.enabled ? 'text-ink' : 'text-ink-3')}>
          {words.when}, {words.then}
        </p>
        <p className="mt-1 text-xs text-ink-3">
          Acts for {nameOf(rule.acts_for) ?? rule.acts_for_name} · changed <RelativeTime at={rule.updated_at} />
        </p>
      </div>
      {acts && (
        <div className="flex shrink-0 items-center">
          <Switch checked={rule.enabled} label={`${rule.name} is active`} onChange={(enabled) => acts.enable(rule, enabled)} />
          <Menu trigger={<IconButton icon={Ellipsis} label={`Actions for ${rule.name}`} />}>
            <MenuItem icon={Pencil} onSelect={() => acts.edit(rule)}>
              Edit
            </MenuItem>
            <MenuSeparator />
            <MenuItem icon={Trash2} danger onSelect={() => acts.remove(rule)}>
              Delete
            </MenuItem>
          </Menu>
        </div>
      )}
    </li>
  )
}

function Pending() {
  return (
    <Loading label="Loading rules">
      <div className="divide-y divide-line rounded-lg border border-line bg-surface">
        {[0, 1, 2].map((row) => (
          <div key={row} className="flex flex-col gap-3 p-4">
            <Skeleton className="h-4 w-48" />
            <Skeleton className="h-3 w-full" />
            <Skeleton className="h-3 w-32" />
          </div>
        ))}
      </div>
    </Loading>
  )
}

/** A product's workflow rules, visible to every member. */
function RulesTab() {
  const product = useLoadedProduct()
  const mayWrite = useProductCan(product)('rule_write')
  const search = route.useSearch()
  const { nameOf } = useTeam(product.id)
  const query = useRules(product.id)
  const { saved, enable, remove } = useRuleActs(product.id)
  const [doomed, setDoomed] = useState<Rule>()
  const change = useChange<RulesSearch>(['create', 'rule'])
  const close = () => change({ create: undefined, rule: undefined })
  const rules = query.data ?? []
  const full = rules.length >= MAX_RULES
  useShortcut('c', 'New rule', () => change({ create: true }), 'This page', mayWrite && !full)
  const acts: Acts | undefined = mayWrite ? { edit: ({ id }) => change({ rule: id }), enable, remove: setDoomed } : undefined
  const edited = rules.find(({ id }) => id === search.rule)
  const action = mayWrite && (
    <Button variant="primary" icon={Plus} disabled={full} onClick={() => change({ create: true })}>
      New rule
    </Button>
  )
  const done = (rule: Rule, before?: Rule) => {
    saved(rule, before)
    close()
  }
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-4 p-4 md:p-6">
      <header className="flex items-center justify-between gap-3">
        <div>
          <h2 className="text-base font-semibold">Rules</h2>
          {full && <p className="text-xs text-ink-3">A product can have up to {MAX_RULES} rules.</p>}
        </div>
        {rules.length > 0 && (
          <div className="flex gap-2">
            <ExportButton path={`/api/exports/products/${product.id}/rules`} name="rules" action="product_export" />
            {action}
          </div>
        )}
      </header>
      {query.isPending ? (
        <Pending />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : rules.length === 0 ? (
        <EmptyState icon={Workflow} title="No rules yet" action={action}>
          Rules automate routine work on tasks: notify the owner when a task is blocked, or raise its priority when it’s overdue.
        </EmptyState>
      ) : (
        <ul aria-label="Rules" className="divide-y divide-line rounded-lg border border-line bg-surface">
          {rules.map((rule) => (
            <Row key={rule.id} rule={rule} nameOf={nameOf} acts={acts} />
          ))}
        </ul>
      )}
      <SidePanel open={search.create === true && mayWrite} onClose={close} title="New rule">
        <RuleForm productId={product.id} onCancel={close} onDone={done} />
      </SidePanel>
      <SidePanel open={edited !== undefined && mayWrite} onClose={close} title={`Edit ${edited?.name ?? ''}`}>
        {edited && <RuleForm key={edited.id} productId={product.id} rule={edited} onCancel={close} onDone={done} />}
      </SidePanel>
      <Dialog
        open={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        size="small"
        title={`Delete ${doomed?.name ?? ''}?`}
        description="It stops acting, but its past changes are kept. To keep the rule without running it, pause it instead."
        footer={
          <>
            <Button onClick={() => setDoomed(undefined)}>Cancel</Button>
            <Button
              variant="danger"
              onClick={() => {
                if (doomed) remove(doomed)
                setDoomed(undefined)
              }}
            >
              Delete
            </Button>
          </>
        }
      />
    </div>
  )
}
