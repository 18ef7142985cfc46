import { useQuery } from '@tanstack/react-query'
import { createLazyRoute } from '@tanstack/react-router'
import { Lock } from 'lucide-react'
import { keys } from '@/api/keys'
import { securityGet } from '@/api/security'
import { useCan } from '@/session/useMe'
import { useUsers } from '@/session/useUsers'
import { usePageTitle } from '@/lib/title'
import { PageHeader } from '@/ui/PageHeader'
import { EmptyState, ErrorState, SkeletonLines } from '@/ui/states'
import { FactorPolicy } from './FactorPolicy'
import { Unprotected } from './Unprotected'

export const Route = createLazyRoute('/shell/settings/security')({ component: SecurityPage })

function Settings() {
  const { users, loading } = useUsers()
  const settings = useQuery({ queryKey: keys.security, queryFn: securityGet })
  if (settings.isPending) return <SkeletonLines lines={8} />
  if (settings.isError) return <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />
  return (
    <div className="flex flex-col gap-4">
      <FactorPolicy settings={settings.data} users={users} />
      <Unprotected users={users} loading={loading} required={settings.data.required_roles} />
    </div>
  )
}

/** The company’s security settings, for admins. */
function SecurityPage() {
  usePageTitle('Security')
  const allowed = useCan('security_update')
  return (
    <>
      <PageHeader title="Security" />
      {allowed ? (
        <div className="mx-auto max-w-2xl px-4 py-4 md:px-6 md:py-6">
          <Settings />
        </div>
      ) : (
        <EmptyState icon={Lock} title="No settings available">
          Only admins can see and change the security settings.
        </EmptyState>
      )}
    </>
  )
}
