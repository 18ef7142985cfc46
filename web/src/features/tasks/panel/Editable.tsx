import { Pencil } from 'lucide-react'
import { useState, type FocusEvent, type KeyboardEvent, type ReactNode } from 'react'
import type { Task } from '@/api/types'
import { cx } from '@/lib/cx'
import { Button, IconButton } from '@/ui/Button'
import { FormNotes } from '@/ui/FormNotes'
import { Input, Textarea } from '@/ui/inputs'
import { Markdown } from '@/ui/Markdown'
import { toast } from '@/ui/Toast'
import { useTaskText, type TextField } from './useTaskText'

/** A row in the list of fields. */
export function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid min-h-9 grid-cols-[100px_minmax(0,1fr)] items-start gap-1.5 max-md:min-h-11">
      <dt className="py-2 text-ink-3 max-md:py-3">{label}</dt>
      <dd className="flex min-h-8 min-w-0 flex-col justify-center break-words">{children}</dd>
    </div>
  )
}

/** Escape ends the editing and keeps the panel open. */
function keepPanelOpen(event: KeyboardEvent): void {
  event.stopPropagation()
  event.nativeEvent.stopImmediatePropagation()
}

const noMistake = () => undefined

interface EditableProps {
  task: Task
  field: TextField
  label: string
  mayEdit: boolean
}

interface LineProps extends EditableProps {
  /** Display text while it isn't being edited. */
  shown: ReactNode
  mistake?: (value: string) => string | undefined
  className?: string
  type?: string
  inputMode?: 'decimal'
  maxLength?: number
}

/** A single-line text that becomes an input when clicked: Enter or blur saves; Escape doesn't, and offers to go on. */
export function EditableLine({ task, field, shown, label, mayEdit, mistake = noMistake, className, ...input }: LineProps) {
  const [opened, setEditing] = useState<boolean>()
  const close = () => setEditing(false)
  const { form, text, setText, onSubmit } = useTaskText(task, field, mistake, close)
  // A draft opens it by itself.
  const editing = opened ?? form.resumedAt !== null
  const wrong = editing ? mistake(text) : undefined
  if (!mayEdit) return <span className={cx('px-2.5', className)}>{shown}</span>
  if (!editing) {
    return (
      <button
        type="button"
        aria-label={`${label}: ${text || 'none'}. Edit`}
        className={cx('min-h-9 w-full rounded-md px-2.5 text-left hover:bg-hover max-md:min-h-11', className)}
        onClick={() => setEditing(true)}
      >
        {shown}
      </button>
    )
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    keepPanelOpen(event)
    const again = () => {
      setText(text)
      setEditing(true)
    }
    if (form.edited) toast.info(`${label} not changed`, { action: { label: 'Edit again', run: again } })
    form.startOver()
    close()
  }
  // A conflict waits for a choice.
  const onBlur = ({ currentTarget, relatedTarget }: FocusEvent<HTMLInputElement>) => {
    if (wrong || form.conflict || form.busy || currentTarget.form?.contains(relatedTarget)) return
    if (form.edited) currentTarget.form?.requestSubmit()
    else close()
  }
  return (
    <form noValidate className="flex flex-col gap-2" onSubmit={onSubmit}>
      <FormNotes form={form} />
      <Input
        {...input}
        autoFocus={form.resumedAt === null}
        aria-label={label}
        aria-invalid={wrong !== undefined || undefined}
        value={text}
        onChange={setText}
        onKeyDown={onKeyDown}
        onBlur={onBlur}
        className={className}
      />
      {wrong && (
        <span role="alert" className="text-xs text-red">
          {wrong}
        </span>
      )}
      {form.conflict && (
        <Button type="submit" variant="primary" busy={form.busy}>
          Save
        </Button>
      )}
    </form>
  )
}

/** A long Markdown text with its editor. */
export function EditableText({ task, field, label, empty, mayEdit }: EditableProps & { empty: string }) {
  const [opened, setEditing] = useState<boolean>()
  const close = () => setEditing(false)
  const { form, text, setText, onSubmit } = useTaskText(task, field, noMistake, close)
  // A draft opens it by itself.
  const editing = opened ?? form.resumedAt !== null
  const value = task[field] ?? ''
  if (mayEdit && editing) {
    return (
      <form noValidate className="flex flex-col gap-2" onSubmit={onSubmit}>
        <FormNotes form={form} />
        <Textarea
          autoFocus={form.resumedAt === null}
          aria-label={label}
          rows={8}
          value={text}
          onChange={setText}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit()
            if (event.key === 'Escape') {
              keepPanelOpen(event)
              form.leave(close)
            }
          }}
        />
        <div className="flex items-center gap-2">
          <Button type="submit" variant="primary" busy={form.busy}>
            Save
          </Button>
          <Button variant="quiet" onClick={() => form.leave(close)}>
            Cancel
          </Button>
          <span className="ml-auto text-xs text-ink-3 max-md:hidden">Markdown · Ctrl+Enter to save</span>
        </div>
      </form>
    )
  }
  return (
    <div className="group/text relative">
      {value ? (
        <Markdown text={value} className={mayEdit ? 'pr-9' : undefined} />
      ) : mayEdit ? (
        <button
          type="button"
          className="min-h-9 w-full rounded-md text-left text-ink-3 hover:text-ink max-md:min-h-11"
          onClick={() => setEditing(true)}
        >
          {empty}
        </button>
      ) : (
        <p className="text-ink-3">No description.</p>
      )}
      {mayEdit && value && (
        <span className="absolute -top-1.5 right-0">
          <IconButton icon={Pencil} label={`Edit ${label.toLowerCase()}`} onClick={() => setEditing(true)} />
        </span>
      )}
      {mayEdit && form.edited && (
        <Button className="mt-2" onClick={() => setEditing(true)}>
          Continue your draft
        </Button>
      )}
    </div>
  )
}
