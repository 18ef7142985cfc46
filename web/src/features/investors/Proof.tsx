import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ScrollText, ShieldAlert, ShieldCheck } from 'lucide-react'
import { auditVerify } from '@/api/audit'
import { cx } from '@/lib/cx'
import { useCan } from '@/session/useMe'
import { Button, buttonClass } from '@/ui/Button'
import { FormError } from '@/ui/states'

/** Checks the investor's audit chain and says whether it holds; admins go on to the records themselves. */
export function Proof({ investorId }: { investorId: string }) {
  const verify = useMutation({ mutationFn: () => auditVerify('investor', investorId) })
  const mayRead = useCan('audit_read')
  const verdict = verify.data
  const Icon = verdict?.valid ? ShieldCheck : ShieldAlert
  return (
    <div className="flex flex-col items-start gap-2">
      <div className="flex flex-wrap gap-2">
        <Button icon={ShieldCheck} busy={verify.isPending} onClick={() => verify.mutate()}>Verify</Button>
        {mayRead && (
          <Link to="/audit" search={{ entity_type: 'investor', entity_id: investorId }} className={buttonClass('quiet')}>
            <ScrollText className="size-4" aria-hidden />
            Audit trail
          </Link>
        )}
      </div>
      {verify.isError && <FormError error={verify.error} />}
      {verdict && (
        <p role="status" className={cx('flex items-start gap-2 rounded-md px-3 py-2', verdict.valid ? 'bg-green-bg text-green' : 'bg-red-bg text-red')}>
          <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
          {verdict.valid
            ? `Whole and unchanged: ${verdict.records} records checked.`
            : `Tampered with at record ${verdict.broken_at ?? '?'}: ${verdict.reason ?? 'the chain does not hold'}.`}
        </p>
      )}
    </div>
  )
}
