import { useMutation } from '@tanstack/react-query'
import { createLazyRoute } from '@tanstack/react-router'
import { Plus, Trash2, UsersRound } from 'lucide-react'
import { useState } from 'react'
import { Problem } from '@/api/problem'
import { productGet, productMemberPut, productMemberRemove } from '@/api/products'
import type { Product, ProductMember, TeamRole } from '@/api/types'
import { TEAM_ROLES, options } from '@/api/words'
import { isWritable, useProductCan } from '@/session/productAccess'
import { useUsers, worksOnProducts } from '@/session/useUsers'
import { ExportButton } from '@/shell/ExportButton'
import { useLoadedProduct, useStoredProduct, useTeam } from '@/shell/products/useProduct'
import { Avatar } from '@/ui/Avatar'
import { Badge } from '@/ui/Badge'
import { Button, IconButton } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Field } from '@/ui/Field'
import { Select } from '@/ui/inputs'
import { Section } from '@/ui/PageHeader'
import { EmptyState, ErrorState, Loading, Skeleton } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { hoursText, workload } from './workload'

export const Route = createLazyRoute('/shell/products/$productId/team')({ component: TeamTab })

interface TeamChange {
  /** Title of the success toast. */
  title: string
  at: Product
  change: (at: Product) => Promise<Product>
  /** The reverse change, for the undo. */
  back?: (at: Product) => Promise<Product>
}

/** Changes to the team, each with an undo. Every one is a change to the product, and uses its version. */
function useTeamChanges(product: Product) {
  const stored = useStoredProduct()
  const { isPending, mutate } = useMutation({
    mutationFn: ({ at, change }: TeamChange) => change(at),
    onSuccess: (saved, { title, back }) => {
      stored(saved)
      const undo = back && { label: 'Undo', run: () => mutate({ title: 'Change to the team undone', at: saved, change: back }) }
      toast.done(title, undo && { action: undo })
    },
    onError: async (error) => {
      toast.error('Couldn’t change the team', error)
      if (error instanceof Problem && error.status === 412) stored(await productGet(product.id))
    },
  })
  const put = (userId: string, role: TeamRole) => (at: Product) => productMemberPut(at, userId, role)
  const remove = (userId: string) => (at: Product) => productMemberRemove(at, userId)
  return {
    busy: isPending,
    add: (userId: string, name: string, role: TeamRole, onAdded: () => void) =>
      mutate({ title: `${name} added to the team`, at: product, change: put(userId, role), back: remove(userId) }, { onSuccess: onAdded }),
    change: ({ user_id: id, name, role: before }: ProductMember, role: TeamRole) =>
      mutate({ title: `${name}: ${TEAM_ROLES[role]}`, at: product, change: put(id, role), back: before ? put(id, before) : undefined }),
    remove: ({ user_id: id, name, role }: ProductMember) =>
      mutate({ title: `${name} removed from the team`, at: product, change: remove(id), back: role ? put(id, role) : undefined }),
  }
}

function Workload({ member, most }: { member: ProductMember; most: number }) {
  const { open_tasks: open, overdue_tasks: overdue = 0, estimate_hours: hours } = member
  if (open === undefined) return null
  const summary = [`${open} open ${open === 1 ? 'task' : 'tasks'}`, hours && Number(hours) > 0 ? hoursText(hours) : undefined]
    .filter(Boolean)
    .join(', ')
  return (
    <div className="flex w-full flex-col gap-1 md:w-52">
      <p className="text-xs text-ink-2">
        {summary}
        {overdue > 0 && <span className="font-medium text-red"> · {overdue} overdue</span>}
      </p>
      <div className="flex h-1.5 overflow-hidden rounded-full bg-slate-bg" aria-hidden>
        <div className="bg-red" style={{ width: `${(100 * overdue) / most}%` }} />
        <div className="bg-accent" style={{ width: `${(100 * (open - overdue)) / most}%` }} />
      </div>
    </div>
  )
}

interface RowProps {
  member: ProductMember
  most: number
  /** Omitted if the caller may not change the team. */
  changes: ReturnType<typeof useTeamChanges> | undefined
}

function Row({ member, most, changes }: RowProps) {
  const { name, username, role, is_owner: owner, active } = member
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="flex min-w-0 flex-1 basis-48 items-center gap-3">
        <Avatar name={name} />
        <div className="min-w-0">
          <p className="flex items-center gap-2">
            <span className="truncate font-medium">{name}</span>
            {!active && <Badge>Disabled</Badge>}
          </p>
          <p className="truncate text-xs text-ink-3">{username}</p>
        </div>
      </div>
      <Workload member={member} most={most} />
      <div className="flex w-52 items-center justify-end gap-1 max-md:w-full">
        {owner ? (
          <Badge tone="violet">Owner</Badge>
        ) : changes && role ? (
          <>
            <Select
              aria-label={`Role of ${name}`}
              className="flex-1"
              value={role}
              disabled={changes.busy}
              onChange={(next) => changes.change(member, next)}
              options={options(TEAM_ROLES)}
            />
            <IconButton icon={Trash2} label={`Remove ${name}`} disabled={changes.busy} onClick={() => changes.remove(member)} />
          </>
        ) : (
          role && <Badge>{TEAM_ROLES[role]}</Badge>
        )}
      </div>
    </li>
  )
}

function AddMember({ product, changes }: { product: Product; changes: ReturnType<typeof useTeamChanges> }) {
  const { users, loading } = useUsers()
  const [userId, setUserId] = useState('')
  const [role, setRole] = useState<TeamRole>('engineer')
  const inTeam = new Set([product.owner_id, ...product.members.map((member) => member.user_id)])
  const people = users
    .filter((user) => worksOnProducts(user) && !inTeam.has(user.id))
    .map((user) => ({ value: user.id, label: user.name, note: user.username }))
  const add = () => {
    const name = users.find((user) => user.id === userId)?.name ?? 'The user'
    changes.add(userId, name, role, () => setUserId(''))
  }
  return (
    <form
      aria-label="Add to the team"
      className="grid items-end gap-3 border-b border-line p-4 md:grid-cols-[minmax(0,1fr)_180px_auto]"
      onSubmit={(event) => {
        event.preventDefault()
        if (userId) add()
      }}
    >
      <Field label="Person" required>
        <Combobox value={userId} onChange={setUserId} options={people} loading={loading} placeholder="Choose a person" />
      </Field>
      <Field label="Role" required>
        <Select value={role} onChange={setRole} options={options(TEAM_ROLES)} />
      </Field>
      <Button type="submit" variant="primary" icon={Plus} className="h-9" busy={changes.busy} disabled={userId === ''}>
        Add
      </Button>
    </form>
  )
}

function Rows() {
  return (
    <Loading label="Loading the team">
      {[0, 1, 2].map((row) => (
        <div key={row} className="flex items-center gap-3 px-4 py-3">
          <Skeleton className="size-7" />
          <Skeleton className="h-3 w-40" />
        </div>
      ))}
    </Loading>
  )
}

function TeamTab() {
  const product = useLoadedProduct()
  const may = useProductCan(product)
  const mayChange = isWritable(product) && may('product_update')
  const { query, people } = useTeam(product.id)
  const changes = useTeamChanges(product)
  const { most, open, overdue } = workload(people)
  const hint = open === undefined ? undefined : `${open} open ${open === 1 ? 'task' : 'tasks'}${overdue ? `, ${overdue} overdue` : ''}`
  return (
    <div className="mx-auto max-w-4xl p-4 md:p-6">
      <Section
        title="Team"
        hint={hint}
        actions={
          <ExportButton
            compact
            action="product_export"
            path={`/api/exports/products/${product.id}/members`}
            name={`${product.key.toLowerCase()}-members`}
            label="Export the team"
          />
        }
      >
        <div className="-m-4">
          {mayChange && <AddMember product={product} changes={changes} />}
          {query.isPending ? (
            <Rows />
          ) : query.isError ? (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          ) : (
            <>
              <ul aria-label="Team" className="divide-y divide-line">
                {people.map((member) => (
                  <Row key={member.user_id} member={member} most={most} changes={mayChange ? changes : undefined} />
                ))}
              </ul>
              {people.length === 1 && (
                <div className="border-t border-line">
                  <EmptyState icon={UsersRound} title="No other members yet">
                    {mayChange ? 'Members can see the product and be assigned its tasks.' : 'Only the owner works on this product.'}
                  </EmptyState>
                </div>
              )}
            </>
          )}
        </div>
      </Section>
    </div>
  )
}
