import type { ReactNode } from 'react'
import type { Investor } from '@/api/types'
import { INVESTOR_KINDS } from '@/api/words'
import { countryName } from '@/lib/countries'
import { useUsers } from '@/session/useUsers'
import { Badge } from '@/ui/Badge'
import { RelativeTime } from '@/ui/RelativeTime'

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[120px_minmax(0,1fr)] gap-3 py-1.5">
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 wrap-anywhere whitespace-pre-wrap">{children || <span className="text-ink-3">–</span>}</dd>
    </div>
  )
}

/** All details of an investor. */
export function Facts({ investor }: { investor: Investor }) {
  const { users } = useUsers()
  const manager = users.find((user) => user.id === investor.relationship_manager_id)
  const link = 'text-accent hover:underline'
  return (
    <dl className="divide-y divide-line">
      <Fact name="Kind">{INVESTOR_KINDS[investor.kind]}</Fact>
      <Fact name="Manager">{manager?.name}</Fact>
      <Fact name="Email">
        {investor.email && (
          <a className={link} href={`mailto:${investor.email}`}>
            {investor.email}
          </a>
        )}
      </Fact>
      <Fact name="Phone">
        {investor.phone && (
          <a className={link} href={`tel:${investor.phone.replaceAll(' ', '')}`}>
            {investor.phone}
          </a>
        )}
      </Fact>
      <Fact name="Address">{investor.address}</Fact>
      <Fact name="Country">{investor.country && countryName(investor.country)}</Fact>
      <Fact name="Tags">
        {investor.tags.length > 0 && (
          <span className="flex flex-wrap gap-1">
            {investor.tags.map((tag) => (
              <Badge key={tag} whole>
                {tag}
              </Badge>
            ))}
          </span>
        )}
      </Fact>
      <Fact name="External key">{investor.external_key}</Fact>
      <Fact name="Notes">{investor.notes}</Fact>
      <Fact name="Since">
        <RelativeTime at={investor.created_at} />
      </Fact>
      <Fact name="Changed">
        <RelativeTime at={investor.updated_at} />
      </Fact>
    </dl>
  )
}
