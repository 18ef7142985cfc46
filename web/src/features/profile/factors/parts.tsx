import type { ReactNode } from 'react'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'

export interface FactorProps {
  /** Whether the user has exactly one second factor. */
  only: boolean
  /** Gets new recovery codes, which are shown once. */
  onCodes: (codes: readonly string[]) => void
  /** Called after each change of the user’s factors. */
  onChanged: () => Promise<unknown>
}

/** One kind of second factor, with what can be done about it. */
export function FactorRow({
  title,
  hint,
  action,
  children,
}: {
  title: string
  hint?: ReactNode
  action?: ReactNode
  children?: ReactNode
}) {
  return (
    <section aria-label={title} className="flex flex-col gap-2 py-4 first:pt-0 last:pb-0">
      <div className="flex min-h-8 flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-48 flex-1">
          <h3 className="font-medium">{title}</h3>
          {hint && <div className="text-ink-2">{hint}</div>}
        </div>
        {action}
      </div>
      {children}
    </section>
  )
}

export interface RemovalDialogProps {
  open: boolean
  onClose: () => void
  title: string
  action: string
  busy: boolean
  onRemove: () => void
  only: boolean
  children?: ReactNode
}

/** Asks before a second factor is removed, and says what that means. */
export function RemovalDialog({ open, onClose, title, action, busy, onRemove, only, children }: RemovalDialogProps) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      size="small"
      title={title}
      description={
        <>
          {children}{' '}
          {only && 'It is your only second factor: your recovery codes stop working too, and you’ll sign in with your password alone.'}
        </>
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" busy={busy} onClick={onRemove}>
            {action}
          </Button>
        </>
      }
    />
  )
}
