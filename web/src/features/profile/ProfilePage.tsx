import { createLazyRoute } from '@tanstack/react-router'
import { ROLES } from '@/api/words'
import { useMe } from '@/session/useMe'
import { usePageTitle } from '@/lib/title'
import { Avatar } from '@/ui/Avatar'
import { Badge } from '@/ui/Badge'
import { Section } from '@/ui/PageHeader'
import { DetailsForm } from './DetailsForm'
import { PasswordForm } from './PasswordForm'
import { Preferences } from './Preferences'
import { SecondFactor } from './factors/SecondFactor'
import { SessionList } from './SessionList'

export const Route = createLazyRoute('/shell/profile')({ component: ProfilePage })

function ProfilePage() {
  usePageTitle('Profile')
  const me = useMe()
  return (
    <div className="mx-auto flex max-w-2xl flex-col gap-4 px-4 py-6 md:px-6 md:py-8">
      <header className="flex items-center gap-3 pb-2">
        <Avatar name={me.name} size="large" />
        <div className="min-w-0">
          <h1 className="truncate text-base font-semibold">{me.name}</h1>
          <p className="flex flex-wrap items-center gap-1.5 text-ink-3">
            {me.username}
            {me.roles.map((role) => (
              <Badge key={role}>{ROLES[role]}</Badge>
            ))}
          </p>
        </div>
      </header>
      <Section title="Your details">
        {/* Not keyed by version: a switch below creates a new version, and unsaved input here must be kept. */}
        <DetailsForm key={[me.name, me.email, me.time_zone].join(' ')} me={me} />
      </Section>
      <Preferences />
      <Section title="Password">
        <PasswordForm />
      </Section>
      <SecondFactor />
      <SessionList />
    </div>
  )
}
