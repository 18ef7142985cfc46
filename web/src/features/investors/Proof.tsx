import { Link } from '@tanstack/react-router'
import { ScrollText } from 'lucide-react'
import { useCan } from '@/session/useMe'
import { buttonClass } from '@/ui/Button'
import { Verify } from '@/ui/Verify'

/** Verifies the investor's audit chain; admins can open the records themselves. */
export function Proof({ investorId }: { investorId: string }) {
  const mayRead = useCan('audit_read')
  return (
    <Verify entityType="investor" entityId={investorId} what="investor">
      {mayRead && (
        <Link to="/audit" search={{ entity_type: 'investor', entity_id: investorId }} className={buttonClass('quiet')}>
          <ScrollText className="size-4" aria-hidden />
          Audit trail
        </Link>
      )}
    </Verify>
  )
}
