import { useQueryClient } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useState } from 'react'
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

/** Applies one change to all selected tasks; refused ones stay selected, and the reason is shown. */
function useChangeMany({ productId, chosen, onChosen }: BulkBarProps) {
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const change = async (patch: TaskPatch, what: string) => {
    setBusy(true)
    const refused: { id: string; code: string; detail: string }[] = []
    let updated = 0
    let problem: unknown
    try {
      for (let at = 0; at < chosen.length; at += AT_ONCE) {
        const answer = await taskUpdateMany(productId, chosen.slice(at, at + AT_ONCE), patch)
        updated += answer.updated.length
        refused.push(...answer.refused)
      }
      onChosen(refused.map(({ id }) => id))
    } catch (error) {
      problem = error
    }
    setBusy(false)
    if (updated > 0) toast.done(`${what} of ${counted(updated)} changed`)
    if (refused.length > 0) {
      const name = (id: string) => chosen.find((card) => card.id === id)?.reference ?? 'A task'
      const [first] = refused
      const why = first ? `${name(first.id)}: ${first.code === 'stale_version' ? 'someone else changed it.' : first.detail}` : ''
      const detail = refused.length > 1 ? `${why} And ${counted(refused.length - 1)} more.` : why
      toast.error(
        `Couldn’t change ${counted(refused.length)}`,
        new Problem({ status: 409, code: first?.code ?? 'refused', title: detail, detail }),
      )
    }
    if (problem) toast.error('Some tasks weren’t changed', problem)
    void client.invalidateQueries({ queryKey: keys.tasks.of(productId) })
    void client.invalidateQueries({ queryKey: keys.tasks.mine })
    void client.invalidateQueries({ queryKey: keys.boards.of(productId) })
  }
  return { change, busy }
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
        onChoose={(status) => void change({ status } as TaskPatch, 'Status')}
      />
      <Choice
        label="Assignee"
        disabled={busy}
        choices={[...people, none('Unassigned')]}
        onChoose={(id) => void change({ assignee_id: id === 'none' ? null : id }, 'Assignee')}
      />
      <Choice
        label="Priority"
        disabled={busy}
        choices={options(PRIORITIES)}
        onChoose={(priority) => void change({ priority } as TaskPatch, 'Priority')}
      />
      {milestones.length > 0 && (
        <Choice
          label="Milestone"
          disabled={busy}
          choices={[...milestones, none('None')]}
          onChoose={(id) => void change({ milestone_id: id === 'none' ? null : id }, 'Milestone')}
        />
      )}
    </div>
  )
}
