import { useMutation } from '@tanstack/react-query'
import { ShieldAlert, ShieldCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { auditVerify } from '@/api/audit'
import type { AuditVerification } from '@/api/types'
import { cx } from '@/lib/cx'
import { Button } from './Button'
import { FormError } from './states'

function Outcome({ verdict: { valid, records, broken_at: brokenAt, reason }, what }: { verdict: AuditVerification; what: string }) {
  const Icon = valid ? ShieldCheck : ShieldAlert
  const counted = records === 1 ? '1 record' : `${records} records`
  return (
    <div
      role="status"
      className={cx('flex items-start gap-2.5 rounded-md px-3 py-2', valid ? 'bg-green-bg text-green' : 'bg-red-bg text-red')}
    >
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0">
        <p className="font-medium">{valid ? 'Verified: complete and unchanged' : 'Verification failed'}</p>
        {valid ? (
          <p>
            {counted} of this {what} checked. None was changed, removed or reordered.
          </p>
        ) : (
          <p>
            {brokenAt === null || brokenAt === undefined ? 'The chain is broken' : `The chain breaks at record ${brokenAt}`}
            {reason ? `: ${reason}` : '.'} ({counted} checked.)
          </p>
        )}
      </div>
    </div>
  )
}

/** Verifies the audit chain of an entity on demand and shows the result; `what` is a word for the entity. */
export function Verify({
  entityType,
  entityId,
  what,
  children,
}: {
  entityType: string
  entityId: string
  what: string
  children?: ReactNode
}) {
  const verify = useMutation({ mutationFn: () => auditVerify(entityType, entityId) })
  return (
    <div className="flex flex-col items-start gap-2">
      <div className="flex flex-wrap gap-2">
        <Button icon={ShieldCheck} busy={verify.isPending} onClick={() => verify.mutate()}>
          {verify.data ? 'Verify again' : `Verify this ${what}’s records`}
        </Button>
        {children}
      </div>
      {verify.isError && <FormError error={verify.error} />}
      {verify.data && !verify.isPending && <Outcome verdict={verify.data} what={what} />}
    </div>
  )
}
