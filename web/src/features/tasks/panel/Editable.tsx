import { useMutation } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import { useState, type KeyboardEvent, type ReactNode } from 'react'
import { cx } from '@/lib/cx'
import { Button, IconButton } from '@/ui/Button'
import { Input, Textarea } from '@/ui/inputs'
import { Markdown } from '@/ui/Markdown'

/** A row in the list of fields. */
export function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid min-h-9 grid-cols-[100px_minmax(0,1fr)] items-start gap-1.5 max-md:min-h-11">
      <dt className="py-2 text-ink-3 max-md:py-3">{label}</dt>
      <dd className="flex min-h-8 min-w-0 flex-col justify-center break-words">{children}</dd>
    </div>
  )
}

/** A single-line text that becomes an input when clicked: Enter or blur saves, Escape doesn't. */
export function EditableLine({
  value,
  shown,
  label,
  mayEdit,
  mistake,
  onSave,
  className,
  ...input
}: {
  value: string
  /** Display text while it isn't being edited. */
  shown?: ReactNode
  label: string
  mayEdit: boolean
  mistake?: (value: string) => string | undefined
  onSave: (value: string) => void
  className?: string
  type?: string
  inputMode?: 'decimal'
  maxLength?: number
}) {
  const [draft, setDraft] = useState<string | null>(null)
  const wrong = draft === null ? undefined : mistake?.(draft)
  const save = () => {
    if (draft === null || wrong) return
    setDraft(null)
    if (draft.trim() !== value) onSave(draft.trim())
  }
  if (!mayEdit) return <span className={cx('px-2.5', className)}>{shown ?? value}</span>
  if (draft === null) {
    return (
      <button
        type="button"
        aria-label={`${label}: ${value || 'none'}. Edit`}
        className={cx('min-h-9 w-full rounded-md px-2.5 text-left hover:bg-hover max-md:min-h-11', className)}
        onClick={() => setDraft(value)}
      >
        {shown ?? value}
      </button>
    )
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      save()
    }
    if (event.key === 'Escape') {
      // Reverts the text and keeps the panel open.
      event.stopPropagation()
      event.nativeEvent.stopImmediatePropagation()
      setDraft(null)
    }
  }
  return (
    <span className="block">
      <Input
        {...input}
        autoFocus
        aria-label={label}
        aria-invalid={wrong !== undefined || undefined}
        value={draft}
        onChange={setDraft}
        onKeyDown={onKeyDown}
        onBlur={save}
        className={className}
      />
      {wrong && (
        <span role="alert" className="text-xs text-red">
          {wrong}
        </span>
      )}
    </span>
  )
}

/** A long Markdown text with its editor. */
export function EditableText({
  value,
  label,
  empty,
  mayEdit,
  onSave,
}: {
  value: string
  label: string
  empty: string
  mayEdit: boolean
  /** Resolves to whether the text was accepted. */
  onSave: (value: string) => Promise<boolean>
}) {
  const [draft, setDraft] = useState<string | null>(null)
  const saving = useMutation({
    mutationFn: onSave,
    // Refused text stays in the editor.
    onSuccess: (taken) => taken && setDraft(null),
  })
  const save = () => {
    if (draft === null) return
    if (draft.trim() === value) setDraft(null)
    else saving.mutate(draft.trim())
  }
  if (draft !== null) {
    return (
      <div className="flex flex-col gap-2">
        <Textarea
          autoFocus
          aria-label={label}
          rows={8}
          value={draft}
          onChange={setDraft}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save()
            if (event.key === 'Escape') {
              event.stopPropagation()
              event.nativeEvent.stopImmediatePropagation()
              setDraft(null)
            }
          }}
        />
        <div className="flex items-center gap-2">
          <Button variant="primary" busy={saving.isPending} onClick={save}>
            Save
          </Button>
          <Button variant="quiet" onClick={() => setDraft(null)}>
            Cancel
          </Button>
          <span className="ml-auto text-xs text-ink-3 max-md:hidden">Markdown · Ctrl+Enter to save</span>
        </div>
      </div>
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
          onClick={() => setDraft('')}
        >
          {empty}
        </button>
      ) : (
        <p className="text-ink-3">No description.</p>
      )}
      {mayEdit && value && (
        <span className="absolute -top-1.5 right-0">
          <IconButton icon={Pencil} label={`Edit ${label.toLowerCase()}`} onClick={() => setDraft(value)} />
        </span>
      )}
    </div>
  )
}
