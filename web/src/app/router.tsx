import { QueryClient, notifyManager } from '@tanstack/react-query'
import { createRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { asProblem } from '@/api/problem'
import { assetRoutes } from '@/features/assets/routes'
import { auditRoutes } from '@/features/audit/routes'
import { authRoutes } from '@/features/auth/routes'
import { importRoutes } from '@/features/imports/routes'
import { investorRoutes } from '@/features/investors/routes'
import { milestoneRoutes, roadmapRoutes } from '@/features/milestones/routes'
import { notificationRoutes } from '@/features/notifications/routes'
import { overviewRoutes } from '@/features/overview/routes'
import { productAnalyticsRoutes } from '@/features/product-analytics/routes'
import { productTabRoutes, productsRoutes } from '@/features/products/routes'
import { profileRoutes } from '@/features/profile/routes'
import { reminderRoutes } from '@/features/reminders/routes'
import { requirementRoutes } from '@/features/requirements/routes'
import { ruleRoutes } from '@/features/rules/routes'
import { securityRoutes } from '@/features/security/routes'
import { productTaskRoutes, taskRoutes } from '@/features/tasks/routes'
import { userRoutes } from '@/features/users/routes'
import { NotFoundPage } from '@/shell/NotFoundPage'
import { productRoute } from '@/shell/products/routes'
import { RouteError } from '@/shell/RouteError'
import { indexRoute, rootRoute, shellRoute, unknownRoute } from '@/shell/routes'
import { scrollKey } from '@/shell/useChange'
import { PagePending } from './PagePending'
import { SignInOver } from './SignInOver'

const RETRIES = 2

// Notify observers in the next frame: by default the cache waits for a timer, and a dropped card would flash at its old position.
notifyManager.setScheduler(queueMicrotask)

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The live connection reports stale data; this covers times without one.
      staleTime: 30_000,
      retry: (failures, error) => failures < RETRIES && asProblem(error).retryable,
    },
    mutations: {
      // A change is sent or fails immediately. By default it would wait silently while the browser reports that it is offline,
      // although a Steward on the same machine is reachable.
      networkMode: 'always',
    },
  },
})

// Every feature adds its line: `...investorRoutes,`; sections of the product page go below the product.
const product = productRoute.addChildren([
  ...productTabRoutes,
  ...requirementRoutes,
  ...productAnalyticsRoutes,
  ...milestoneRoutes,
  ...assetRoutes,
  ...productTaskRoutes,
  ...ruleRoutes,
])
const shell = shellRoute.addChildren([
  indexRoute,
  ...overviewRoutes,
  ...investorRoutes,
  ...reminderRoutes,
  ...profileRoutes,
  ...userRoutes,
  ...securityRoutes,
  ...auditRoutes,
  ...notificationRoutes,
  ...importRoutes,
  ...productsRoutes,
  ...roadmapRoutes,
  ...taskRoutes,
  product,
  unknownRoute,
])

/** The sign-in needs the router around it and must outlive every page. */
function InnerWrap({ children }: { children: ReactNode }) {
  return (
    <>
      {children}
      <SignInOver />
    </>
  )
}

export const router = createRouter({
  InnerWrap,
  routeTree: rootRoute.addChildren([...authRoutes, shell]),
  context: { queryClient },
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 150,
  defaultPendingComponent: PagePending,
  defaultErrorComponent: RouteError,
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
  getScrollRestorationKey: scrollKey,
  scrollToTopSelectors: ['#main'],
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
