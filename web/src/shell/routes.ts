import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { signIn } from '@/api/asking'
import { asProblem } from '@/api/problem'
import { currentToken, tokenStatus } from '@/api/token'
import { drafts } from '@/lib/drafts'
import { setTimeZone } from '@/lib/time'
import { meQuery } from '@/session/useMe'
import { NotFoundPage } from './NotFoundPage'
import { RootLayout } from './RootLayout'
import { RouteError } from './RouteError'

export interface RouterContext {
  queryClient: QueryClient
}

export const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: RootLayout,
  errorComponent: RouteError,
  notFoundComponent: NotFoundPage,
})

/** The parent of every page that needs a signed-in user; it loads the user before any page renders. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  // Not for the sign-in page, which needs none of it.
  component: lazyRouteComponent(() => import('./Shell'), 'Shell'),
  beforeLoad: async ({ context, location }) => {
    const login = () => redirect({ to: '/login', search: location.href === '/' ? {} : { next: location.href } })
    const signedIn = (await currentToken()) !== null || (tokenStatus() === 'ended' && (await signIn.given()))
    if (!signedIn) throw login()
    try {
      const me = await context.queryClient.ensureQueryData(meQuery)
      setTimeZone(me.time_zone)
      drafts.belongTo(me.id)
      return { me }
    } catch (error) {
      if (asProblem(error).status === 401) throw login()
      throw error
    }
  },
})

/** Every other address: the frame stays, so that there is a way on. */
export const unknownRoute = createRoute({ getParentRoute: () => shellRoute, path: '$', component: NotFoundPage })

/** The root path leads to the overview, which has something for everyone. */
export const indexRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/overview', replace: true })
  },
})
