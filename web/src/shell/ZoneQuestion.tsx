import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Globe } from 'lucide-react'
import { meUpdate } from '@/api/auth'
import { keys } from '@/api/keys'
import type { Me } from '@/api/types'
import { createStoredStore, useStore } from '@/lib/store'
import { browserZone, useNow, zoneName } from '@/lib/time'
import { sameClock } from '@/lib/zoned'
import { meQuery, useMe } from '@/session/useMe'
import { Button } from '@/ui/Button'
import { toast } from '@/ui/Toast'

type Kept = Record<string, string>
const isKept = (value: unknown): value is Kept =>
  typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string')

/** For each user, the pair of zones that was answered with "keep": asked once per pair and browser. */
const kept = createStoredStore<Kept>('zone.kept', {}, isKept)

function useChange() {
  const client = useQueryClient()
  const { mutate, isPending } = useMutation({
    mutationFn: ({ me, zone }: { me: Me; zone: string }) => meUpdate(me, { time_zone: zone }),
    onSuccess: (changed, { me }) => {
      client.setQueryData(keys.me, changed)
      // They are part of the user and share its version.
      void client.invalidateQueries({ queryKey: keys.preferences })
      toast.done(`Times are in ${zoneName(changed.time_zone)}`, {
        action: { label: 'Undo', run: () => mutate({ me: changed, zone: me.time_zone }) },
      })
    },
    onError: (error) => {
      void client.invalidateQueries({ queryKey: meQuery.queryKey })
      toast.error('Couldn’t change your time zone', error)
    },
  })
  return { change: mutate, busy: isPending }
}

/** Asks which zone is meant if the clocks of the browser and of the account differ: after the first sign-in, or on a journey. */
export function ZoneQuestion() {
  const me = useMe()
  const answered = useStore(kept)
  const { change, busy } = useChange()
  const now = useNow()
  const here = browserZone()
  const pair = `${me.time_zone} ${here}`
  if (sameClock(me.time_zone, here, now) || answered[me.id] === pair) return null
  return (
    <section
      aria-label="Time zone"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-canvas px-4 py-1.5 text-ink-2 md:px-6"
    >
      <Globe className="size-4 shrink-0 text-ink-3 max-md:hidden" aria-hidden />
      <p className="min-w-0 flex-1 basis-64">
        Times are in {zoneName(me.time_zone)}, but this browser is in {zoneName(here)}.
      </p>
      <span className="flex flex-wrap gap-2">
        <Button busy={busy} onClick={() => change({ me, zone: here })}>
          Use {zoneName(here)}
        </Button>
        <Button variant="quiet" onClick={() => kept.set((now) => ({ ...now, [me.id]: pair }))}>
          Keep {zoneName(me.time_zone)}
        </Button>
      </span>
    </section>
  )
}
