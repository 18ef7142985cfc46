import type { FormEvent } from 'react'
import type { Task, TaskPatch } from '@/api/types'
import { taskGet, taskUpdate } from '@/api/tasks'
import { useEntityForm } from '@/ui/useEntityForm'
import { inLine } from '../useSaveTask'
import { useStoredTask } from '../useStoredTask'
import { parseHours } from '../values'

/** What is typed in a task, each a form of its own. */
export type TextField = 'title' | 'description' | 'estimate_hours' | 'due_on'
/** Holds the one field. */
export type TextValues = Partial<Record<TextField, string>>

function patchOf(field: TextField, typed: string): TaskPatch {
  const text = typed.trim()
  if (field === 'title') return { title: text }
  if (field !== 'estimate_hours') return { [field]: text || null }
  const parsed = parseHours(text)
  return 'hours' in parsed ? { estimate_hours: parsed.hours } : {}
}

/** One field of a task as a form: its version is the one from when editing began, however often the panel is refreshed meanwhile. */
export function useTaskText(task: Task, field: TextField, mistake: (text: string) => string | undefined, onSaved: () => void) {
  const stored = useStoredTask()
  const valuesOf = (from: Task): TextValues => ({ [field]: from[field] ?? '' })
  const { form } = useEntityForm<Task, TextValues>({
    entity: task,
    kind: 'task',
    place: field,
    empty: {},
    valuesOf,
    check: (values) => ({ [field]: mistake(values[field] ?? '') }),
    update: (base, values) => inLine(task.id, () => taskUpdate(base, patchOf(field, values[field] ?? ''))),
    reload: async (base) => {
      const newer = await taskGet(base)
      stored(newer)
      return newer
    },
    onDone: (saved) => {
      stored(saved)
      onSaved()
    },
  })
  /** Saves what was edited, or else only ends the editing. */
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    if (form.edited) return form.onSubmit(event)
    event.preventDefault()
    form.startOver()
    onSaved()
  }
  return { form, text: form.values[field] ?? '', setText: (text: string) => form.set(field, text), onSubmit }
}
