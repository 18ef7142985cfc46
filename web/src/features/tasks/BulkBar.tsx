import { useMutation, useQueryClient } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { keys } from '@/api/keys'
import { Problem } from '@/api/problem'
import type { TaskCard, TaskPatch } from '@/api/types'
import { taskUpdateMany } from '@/api/tasks'
import { PRIORITIES, TASK_STATUSES, options } from '@/api/words'
import { useShortcut } from '@/lib/shortcuts'
import { Button, IconButton } from '@/ui/Button'
import type { Option } from '@/ui/inputs'
import { Menu, MenuChoice } from '@/ui/Menu'
import { toast } from '@/ui/Toast'
import { useAssignees } from './TaskCreate'
import { useNames } from './useNames'

/** Maximum tasks per request. */
const AT_ONCE = 100

const counted = (count: number) => (count === 1 ? '1 task' : `${count} tasks`)

export interface BulkBarProps {
  productId: string
  chosen: readonly TaskCard[]
  /** Keeps these selected. */
  onChosen: (ids: readonly string[]) => void
}

interface Refusal {
  id: string
  code: string
  detail: string
}

interface Change {
  cards: readonly TaskCard[]
  patch: TaskPatch
  /** Name of the changed field. */
  what: string
}

/** Result of a bulk change; `problem` is the error that stopped it early. */
interface Outcome {
  updated: number
  refused: Refusal[]
  problem?: unknown
}

/** Sends the change in as many requests as needed. If one fails, the earlier ones remain applied and are reported. */
async function changeMany(productId: string, { cards, patch }: Change): Promise<Outcome> {
  const outcome: Outcome = { updated: 0, refused: [] }
  try {
    for (let at = 0; at < cards.length; at += AT_ONCE) {
      const answer = await taskUpdateMany(productId, cards.slice(at, at + AT_ONCE), patch)
      outcome.updated += answer.updated.length
      outcome.refused.push(...answer.refused)
    }
    return outcome
  } catch (problem) {
    return { ...outcome, problem }
  }
}

function showRefused(cards: readonly TaskCard[], [first, ...others]: readonly Refusal[]): void {
  if (!first) return
  const name = cards.find((card) => card.id === first.id)?.reference ?? 'A task'
  const why = `${name}: ${first.code === 'stale_version' ? 'someone else changed it.' : first.detail}`
  const detail = others.length > 0 ? `${why} And ${counted(others.length)} more.` : why
  toast.error(`Couldn’t change ${counted(others.length + 1)}`, new Problem({ status: 409, code: first.code, title: detail, detail }))
}

/** Applies one change to all selected tasks; refused ones stay selected, and the reason is shown. */
function useChangeMany({ productId, chosen, onChosen }: BulkBarProps) {
  const client = useQueryClient()
  const { isPending, mutate } = useMutation({
    mutationFn: (change: Change) => changeMany(productId, change),
    onSuccess: ({ updated, refused, problem }, { cards, what }) => {
      if (!problem) onChosen(refused.map(({ id }) => id))
      if (updated > 0) toast.done(`${what} of ${counted(updated)} changed`)
      showRefused(cards, refused)
      if (problem) toast.error('Some tasks weren’t changed', problem)
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.tasks.of(productId) })
      void client.invalidateQueries({ queryKey: keys.tasks.mine })
      void client.invalidateQueries({ queryKey: keys.boards.of(productId) })
    },
  })
  return { change: (patch: TaskPatch, what: string) => mutate({ cards: chosen, patch, what }), busy: isPending }
}

function Choice({
  label,
  choices,
  disabled,
  onChoose,
}: {
  label: string
  choices: readonly Option[]
  disabled: boolean
  onChoose: (value: string) => void
}) {
  return (
    <Menu align="start" trigger={<Button disabled={disabled}>{label}</Button>}>
      <MenuChoice value={undefined} options={choices} onChange={onChoose} />
    </Menu>
  )
}

/** Actions for the selected rows. */
export function BulkBar(props: BulkBarProps) {
  const { productId, chosen, onChosen } = props
  const { change, busy } = useChangeMany(props)
  const people = useAssignees(productId)
  const { milestones } = useNames(productId)
  const clear = () => onChosen([])
  useShortcut('Escape', 'Clear selection', clear, 'List')
  const none = (label: string): Option => ({ value: 'none', label })
  return (
    <div role="toolbar" aria-label="Selected tasks" className="flex min-h-8 flex-wrap items-center gap-1.5">
      <IconButton icon={X} label="Clear selection" keys="Esc" className="-ml-2" onClick={clear} />
      <span role="status" className="tabular mr-1 font-medium">
        {chosen.length} chosen
      </span>
      <Choice
        label="Status"
        disabled={busy}
        choices={options(TASK_STATUSES)}
        onChoose={(status) => change({ status } as TaskPatch, 'Status')}
      />
      <Choice
        label="Assignee"
        disabled={busy}
        choices={[...people, none('Unassigned')]}
        onChoose={(id) => change({ assignee_id: id === 'none' ? null : id }, 'Assignee')}
      />
      <Choice
        label="Priority"
        disabled={busy}
        choices={options(PRIORITIES)}
        onChoose={(priority) => change({ priority } as TaskPatch, 'Priority')}
      />
      {milestones.length > 0 && (
        <Choice
          label="Milestone"
          disabled={busy}
          choices={[...milestones, none('None')]}
          onChoose={(id) => change({ milestone_id: id === 'none' ? null : id }, 'Milestone')}
        />
      )}
    </div>
  )
}
