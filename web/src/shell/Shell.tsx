import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { Outlet, useNavigate } from '@tanstack/react-router'
import { useCallback, useEffect } from 'react'
import { keys } from '@/api/keys'
import { onTokenChange, tokenStatus, tokenUser } from '@/api/token'
import type { Notification } from '@/api/types'
import { drafts } from '@/lib/drafts'
import { useShortcut } from '@/lib/shortcuts'
import { setTimeZone } from '@/lib/time'
import { unsavedIn } from '@/lib/unsaved'
import { useHealing } from '@/live/useHealing'
import { useLive } from '@/live/useLive'
import { useMe } from '@/session/useMe'
import { toast } from '@/ui/Toast'
import { BottomBar } from './BottomBar'
import { Header } from './Header'
import { allowedNav, type NavItem } from './nav'
import { Palette } from './Palette'
import { ProofDialog } from './ProofDialog'
import { ShortcutList } from './ShortcutList'
import { Sidebar } from './Sidebar'
import { useLeaveGuard } from './useLeaveGuard'
import { ZoneQuestion } from './ZoneQuestion'

function GoTo({ item }: { item: NavItem }) {
  const navigate = useNavigate()
  useShortcut(`g ${item.key}`, item.label, () => void navigate({ to: item.to }), 'Go to')
  return null
}

/** Drops the user's cached data, except whether Steward is set up, which the sign-in page may be requesting at this moment. */
function forget(client: QueryClient): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.setup[0] })
  client.getMutationCache().clear()
}

/** Goes to the sign-in page when the user signs out, here or in another tab; starts anew if someone else signs in. */
function useSignedOut(userId: string): void {
  const navigate = useNavigate()
  const client = useQueryClient()
  useEffect(
    () =>
      onTokenChange(() => {
        if (tokenStatus() === 'signed-in' && tokenUser() !== userId) return window.location.assign('/')
        if (tokenStatus() !== 'signed-out') return
        drafts.forget()
        for (const form of unsavedIn()) form.release()
        const { pathname, search } = window.location
        void navigate({ to: '/login', search: { next: pathname + search }, replace: true }).then(() => forget(client))
      }),
    [navigate, client, userId],
  )
}

/** The frame around every page of a signed-in user. */
export function Shell() {
  const me = useMe()
  const navigate = useNavigate()
  const items = allowedNav(me)
  useSignedOut(me.id)
  useLeaveGuard()
  useEffect(() => setTimeZone(me.time_zone), [me.time_zone])
  useShortcut('g y', 'Profile', () => void navigate({ to: '/profile' }), 'Go to')
  const announce = useCallback(
    ({ title, body, link }: Notification) =>
      toast.info(title, { detail: body ?? undefined, action: { label: 'Open', run: () => void navigate({ to: link }) } }),
    [navigate],
  )
  useLive(announce)
  useHealing()
  return (
    <div className="flex h-dvh flex-col md:flex-row">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      {items.map((item) => (
        <GoTo key={item.to} item={item} />
      ))}
      <Sidebar items={items} />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <Header items={items} />
        <ZoneQuestion />
        {/* Relative, so that absolutely positioned content of a long page, such as screen-reader text, doesn't extend the document. */}
        <main id="main" tabIndex={-1} className="relative min-h-0 flex-1 overflow-y-auto bg-surface focus:outline-none">
          <Outlet />
        </main>
      </div>
      <BottomBar items={items} />
      <ShortcutList />
      <Palette items={items} />
      <ProofDialog />
    </div>
  )
}
