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

/** The API takes so many at once. */
const AT_ONCE = 100

const counted = (count: number) => (count === 1 ? '1 task' : `${count} tasks`)

export interface BulkBarProps {
  productId: string
  chosen: readonly TaskCard[]
  /** Leaves these chosen. */
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
  /** The name of what is changed. */
  what: string
}

/** What came of a change of many; `problem` is what ended it early. */
interface Outcome {
  updated: number
  refused: Refusal[]
  problem?: unknown
}

/** Sends the change in as many requests as it takes. What is done when one of them fails stays done, and is told. */
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

function tellRefused(cards: readonly TaskCard[], [first, ...others]: readonly Refusal[]): void {
  if (!first) return
  const name = cards.find((card) => card.id === first.id)?.reference ?? 'A task'
  const why = `${name}: ${first.code === 'stale_version' ? 'somebody else changed it meanwhile.' : first.detail}`
  const detail = others.length > 0 ? `${why} And ${counted(others.length)} more.` : why
  toast.error(`${counted(others.length + 1)} not changed`, new Problem({ status: 409, code: first.code, title: detail, detail }))
}

/** Sends one change to all that are chosen; those that were refused stay chosen, with the reason told. */
function useChangeMany({ productId, chosen, onChosen }: BulkBarProps) {
  const client = useQueryClient()
  const { isPending, mutate } = useMutation({
    mutationFn: (change: Change) => changeMany(productId, change),
    onSuccess: ({ updated, refused, problem }, { cards, what }) => {
      if (!problem) onChosen(refused.map(({ id }) => id))
      if (updated > 0) toast.done(`${what} of ${counted(updated)} changed`)
      tellRefused(cards, refused)
      if (problem) toast.error('Not all were changed', problem)
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

/** What can be done with the chosen rows. */
export function BulkBar(props: BulkBarProps) {
  const { productId, chosen, onChosen } = props
  const { change, busy } = useChangeMany(props)
  const people = useAssignees(productId)
  const { milestones } = useNames(productId)
  const clear = () => onChosen([])
  useShortcut('Escape', 'Choose none', clear, 'List')
  const none = (label: string): Option => ({ value: 'none', label })
  return (
    <div role="toolbar" aria-label="Chosen tasks" className="flex min-h-8 flex-wrap items-center gap-1.5">
      <IconButton icon={X} label="Choose none" keys="Esc" className="-ml-2" onClick={clear} />
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
        choices={[...people, none('Nobody')]}
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
