import { MailWarning } from 'lucide-react'
import { Button } from './Button'

export interface PendingEmailProps {
  email: string
  busy: boolean
  onCancel: () => void
}

/** An address that waits for its confirmation. */
export function PendingEmail({ email, busy, onCancel }: PendingEmailProps) {
  return (
    <div role="status" className="flex items-center gap-2 rounded-md bg-amber-bg px-3 py-2 text-amber">
      <MailWarning className="size-4 shrink-0" aria-hidden />
      <p className="min-w-0 flex-1">
        <span className="font-medium break-all">{email}</span> takes effect when the link sent to it is used, within 24 hours.
      </p>
      <Button variant="quiet" busy={busy} onClick={onCancel}>
        Cancel change
      </Button>
    </div>
  )
}
