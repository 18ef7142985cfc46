import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { keys } from '@/api/keys'
import type { ChecklistItem, Task, TaskCard } from '@/api/types'
import { taskChecklistTick, taskGet } from '@/api/tasks'
import { cx } from '@/lib/cx'
import { ProgressBar } from '@/ui/ProgressBar'
import { toast } from '@/ui/Toast'
import { useSaveTask } from '../useSaveTask'
import { useStoredTask } from '../useStoredTask'

const MAX_STEPS = 50

interface Tick {
  item: ChecklistItem
  done: boolean
}

/** Ticks optimistically, and reverts what the server refuses. Ticks don't depend on a version: two users may tick different items. */
function useTick(task: Task) {
  const client = useQueryClient()
  const stored = useStoredTask()
  const show = (item: ChecklistItem, done: boolean) =>
    client.setQueryData(
      keys.tasks.one(task.product_id, task.id),
      (now: Task | undefined) => now && { ...now, checklist: now.checklist.map((one) => (one.id === item.id ? { ...one, done } : one)) },
    )
  return useMutation({
    mutationFn: ({ item, done }: Tick) => taskChecklistTick(task, item.id, done),
    onMutate: ({ item, done }) => void show(item, done),
    onSuccess: stored,
    onError: async (error, { item, done }) => {
      show(item, !done)
      toast.error('Couldn’t save the item', error)
      await taskGet(task).then(stored, () => undefined)
    },
  })
}

/** A card has only the counts; here the full task is read. */
const stepsOf = (task: Task | TaskCard): readonly ChecklistItem[] => ('checklist' in task ? task.checklist : [])

/** The task's checklist. */
export function Checklist({ task, mayEdit }: { task: Task; mayEdit: boolean }) {
  const { mutate: tick } = useTick(task)
  const save = useSaveTask()
  const [adding, setAdding] = useState('')
  const { checklist } = task
  const done = checklist.filter((item) => item.done).length
  if (checklist.length === 0 && !mayEdit) return null
  const add = () => {
    const text = adding.trim()
    if (text === '') return
    setAdding('')
    void save(task, (now) => ({ checklist: [...stepsOf(now), { text, done: false }] })).then((saved) => !saved && setAdding(text))
  }
  const remove = ({ id, text, done: was }: ChecklistItem) => {
    const at = checklist.findIndex((one) => one.id === id)
    const again = () =>
      void save(task, (now) => ({ checklist: [...stepsOf(now).slice(0, at), { text, done: was }, ...stepsOf(now).slice(at)] }))
    void save(task, (now) => ({ checklist: stepsOf(now).filter((one) => one.id !== id) })).then(
      (saved) => saved && toast.done(`“${text}” removed`, { action: { label: 'Undo', run: again } }),
    )
  }
  return (
    <section aria-label="Checklist" className="flex flex-col gap-1">
      <header className="flex items-center gap-3">
        <h3 className="font-semibold">Checklist</h3>
        {checklist.length > 0 && (
          <span className="tabular text-xs text-ink-3">
            {done} of {checklist.length}
          </span>
        )}
        {checklist.length > 0 && (
          <span className="ml-auto w-28">
            <ProgressBar value={done / checklist.length} label="Completed items" />
          </span>
        )}
      </header>
      <ul>
        {checklist.map((item) => (
          <li key={item.id} className="group/step flex items-start gap-2 rounded-md hover:bg-hover">
            <label className="flex min-h-8 min-w-0 flex-1 items-start gap-2 px-1 py-1.5 max-md:min-h-11 max-md:py-3">
              <input
                type="checkbox"
                className="mt-0.5 size-4 shrink-0 accent-accent"
                checked={item.done}
                disabled={!mayEdit}
                onChange={(event) => tick({ item, done: event.target.checked })}
              />
              <span className={cx('min-w-0 break-words', item.done && 'text-ink-3 line-through')}>{item.text}</span>
            </label>
            {mayEdit && (
              <button
                type="button"
                aria-label={`Remove ${item.text}`}
                className="grid size-8 place-items-center rounded-md text-ink-3 hover:text-ink focus-visible:opacity-100 max-md:size-11 md:opacity-0 md:group-hover/step:opacity-100"
                onClick={() => remove(item)}
              >
                <X className="size-3.5" aria-hidden />
              </button>
            )}
          </li>
        ))}
      </ul>
      {mayEdit && checklist.length < MAX_STEPS && (
        <span className="flex items-center gap-2 px-1">
          <Plus className="size-4 shrink-0 text-ink-3" aria-hidden />
          <input
            aria-label="Add an item"
            placeholder="Add an item"
            value={adding}
            maxLength={200}
            className="h-8 min-w-0 flex-1 bg-transparent focus:outline-none max-md:h-11"
            onChange={(event) => setAdding(event.target.value)}
            onKeyDown={(event) => event.key === 'Enter' && !event.nativeEvent.isComposing && (event.preventDefault(), add())}
            onBlur={add}
          />
        </span>
      )}
    </section>
  )
}
