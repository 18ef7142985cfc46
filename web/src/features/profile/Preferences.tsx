import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { preferencesGet, preferencesUpdate } from '@/api/auth'
import { keys } from '@/api/keys'
import { Problem } from '@/api/problem'
import type { Me, NotificationKind, Preferences as Values } from '@/api/types'
import { NOTIFICATION_KINDS } from '@/api/words'
import { useCan } from '@/session/useMe'
import { Section } from '@/ui/PageHeader'
import { ErrorState, SkeletonLines } from '@/ui/states'
import { Switch } from '@/ui/Switch'
import { toast } from '@/ui/Toast'

type Way = 'in_app' | 'email'
interface Choice {
  kind: NotificationKind
  way: Way
  on: boolean
}

const KINDS = Object.keys(NOTIFICATION_KINDS) as NotificationKind[]
const WAYS: Record<Way, string> = { in_app: 'In the app', email: 'Email' }

/** The preferences with one switch changed. */
function chosen(values: Values, { kind, way, on }: Choice): Values {
  return { ...values, notifications: { ...values.notifications, [kind]: { ...values.notifications[kind], [way]: on } } }
}

function useChoice() {
  const client = useQueryClient()
  const put = (change: (now: Values) => Values) => client.setQueryData<Values>(keys.preferences, (now) => now && change(now))
  return useMutation({
    // Sequential: each change needs the version produced by the previous one.
    scope: { id: 'preferences' },
    onMutate: async (choice: Choice) => {
      await client.cancelQueries({ queryKey: keys.preferences })
      put((now) => chosen(now, choice))
    },
    mutationFn: async ({ kind, way, on }: Choice) => {
      const now = client.getQueryData<Values>(keys.preferences) ?? (await preferencesGet())
      return preferencesUpdate(now, { notifications: { [kind]: { [way]: on } } })
    },
    onSuccess: ({ version }) => {
      // The switches keep their state: another change may be in flight.
      put((now) => ({ ...now, version }))
      client.setQueryData<Me>(keys.me, (me) => me && { ...me, version })
    },
    onError: (error, choice) => {
      const stale = error instanceof Problem && error.status === 412
      put((now) => chosen(now, { ...choice, on: !choice.on }))
      toast.error(
        'Couldn’t save the setting',
        stale
          ? new Problem({
              status: 412,
              code: error.code,
              title: 'Your settings changed elsewhere',
              detail: 'The current settings are now shown. Choose again.',
            })
          : error,
      )
      void client.invalidateQueries({ queryKey: keys.preferences })
      if (stale) void client.invalidateQueries({ queryKey: keys.me })
    },
  })
}

function Table({ values }: { values: Values }) {
  const choice = useChoice()
  const workspaces = { investors: useCan('investor_read'), products: useCan('product_read') }
  return (
    <table className="w-full">
      <thead>
        <tr className="text-left text-xs text-ink-3">
          <th scope="col" className="font-medium">
            Notify me when
          </th>
          {Object.values(WAYS).map((word) => (
            <th key={word} scope="col" className="w-20 text-center font-medium">
              {word}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {KINDS.filter((kind) => workspaces[NOTIFICATION_KINDS[kind].workspace]).map((kind) => (
          <tr key={kind}>
            <th scope="row" className="py-2 pr-3 text-left font-normal">
              <span className="block font-medium">{NOTIFICATION_KINDS[kind].title}</span>
              <span className="block text-ink-3">{NOTIFICATION_KINDS[kind].when}</span>
            </th>
            {(Object.keys(WAYS) as Way[]).map((way) => (
              <td key={way} className="text-center">
                <span className="inline-flex">
                  <Switch
                    checked={values.notifications[kind][way]}
                    label={`${NOTIFICATION_KINDS[kind].title}: ${WAYS[way].toLowerCase()}`}
                    onChange={(on) => choice.mutate({ kind, way, on })}
                  />
                </span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Notification preferences; each switch takes effect immediately. Emails link here. */
export function Preferences() {
  const box = useRef<HTMLDivElement>(null)
  const query = useQuery({ queryKey: keys.preferences, queryFn: preferencesGet })
  useEffect(() => {
    if (window.location.hash === '#notifications') box.current?.scrollIntoView({ block: 'start' })
  }, [query.isPending])
  return (
    <div ref={box} id="notifications" className="scroll-mt-4">
      <Section title="Notifications" hint="Changes are saved immediately. Emails show times in your time zone.">
        {query.isPending ? (
          <SkeletonLines lines={8} />
        ) : query.isError ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Table values={query.data} />
        )}
      </Section>
    </div>
  )
}
