import { createRoute, redirect } from '@tanstack/react-router'
import { currentToken } from '@/api/token'
import { text } from '@/lib/search'
import { rootRoute } from '@/shell/routes'
import { setupQuery } from './setupQuery'

/** Whether there is a session already. Without an answer the page asks for a password, which does no harm. */
async function isSignedIn(): Promise<boolean> {
  try {
    return (await currentToken()) !== null
  } catch {
    return false
  }
}

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { next?: string; username?: string } => {
    const next = text(search, 'next', 2000)
    // Only a path within this app: `//host` and `/\host` would lead elsewhere. An omitted key would keep the value from the URL.
    return { next: next && /^\/(?![/\\])/.test(next) ? next : undefined, username: text(search, 'username', 200) }
  },
  beforeLoad: async ({ search }) => {
    if (await isSignedIn()) throw redirect({ href: search.next ?? '/', replace: true })
  },
  loader: async ({ context }) => {
    const setup = await context.queryClient.ensureQueryData(setupQuery)
    if (setup.needed) throw redirect({ to: '/setup' })
    return setup
  },
}).lazy(() => import('./LoginPage').then(({ Route }) => Route))

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  loader: async ({ context }) => {
    const setup = await context.queryClient.ensureQueryData(setupQuery)
    if (!setup.needed) throw redirect({ to: '/login' })
    return setup
  },
}).lazy(() => import('./SetupPage').then(({ Route }) => Route))

const forgotPasswordRoute = createRoute({ getParentRoute: () => rootRoute, path: '/forgot-password' }).lazy(() =>
  import('./ForgotPasswordPage').then(({ Route }) => Route),
)

const resetPasswordRoute = createRoute({ getParentRoute: () => rootRoute, path: '/reset-password' }).lazy(() =>
  import('./ResetPasswordPage').then(({ Route }) => Route),
)

const confirmEmailRoute = createRoute({ getParentRoute: () => rootRoute, path: '/confirm-email' }).lazy(() =>
  import('./ConfirmEmailPage').then(({ Route }) => Route),
)

const invitationRoute = createRoute({ getParentRoute: () => rootRoute, path: '/invitation' }).lazy(() =>
  import('./InvitationPage').then(({ Route }) => Route),
)

export const authRoutes = [loginRoute, setupRoute, forgotPasswordRoute, resetPasswordRoute, confirmEmailRoute, invitationRoute]
