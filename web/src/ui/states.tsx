import { RotateCw, TriangleAlert, type LucideIcon } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { asProblem } from '@/api/problem'
import { cx } from '@/lib/cx'
import { Button } from './Button'

/** A grey bar in place of text. */
export function Skeleton({ className = 'h-3 w-24' }: { className?: string }) {
  return <span className={cx('block rounded-sm bg-line animate-shimmer', className)} aria-hidden />
}

/** Placeholder for a page or panel that is loading; `children` have the shape of the content. */
export function Loading({ label = 'Loading', children }: { label?: string; children: ReactNode }) {
  return (
    <div role="status" aria-busy>
      <span className="sr-only">{label}</span>
      {children}
    </div>
  )
}

/** Lines of text while they load. */
export function SkeletonLines({ lines = 4 }: { lines?: number }) {
  const widths = ['w-3/4', 'w-full', 'w-2/3', 'w-5/6', 'w-1/2']
  return (
    <Loading>
      <div className="flex flex-col gap-3 py-1">
        {Array.from({ length: lines }, (_, line) => (
          <Skeleton key={line} className={cx('h-3', widths[line % widths.length])} />
        ))}
      </div>
    </Loading>
  )
}

export interface EmptyStateProps {
  icon: LucideIcon
  title: string
  /** What this place is for. */
  children: ReactNode
  /** The single next step. */
  action?: ReactNode
  /** It is the whole page, and its title the page's heading. */
  page?: boolean
}

export function EmptyState({ icon: Icon, title, children, action, page = false }: EmptyStateProps) {
  const Heading = page ? 'h1' : 'h2'
  return (
    <div className="flex flex-col items-center px-6 py-16 text-center">
      <span className="mb-3 grid size-10 place-items-center rounded-lg border border-line bg-surface text-ink-3">
        <Icon className="size-5" aria-hidden />
      </span>
      <Heading className="text-base font-semibold">{title}</Heading>
      <p className="mt-1 max-w-sm text-ink-2">{children}</p>
      {action && <div className="mt-4">{action}</div>}
    </div>
  )
}

/** What happened, the reference for support, and a retry button. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = asProblem(error)
  return (
    <div role="alert" className="flex flex-col items-center px-6 py-16 text-center">
      <span className="mb-3 grid size-10 place-items-center rounded-lg bg-red-bg text-red">
        <TriangleAlert className="size-5" aria-hidden />
      </span>
      <h2 className="text-base font-semibold">{problem.title}</h2>
      {problem.detail && <p className="mt-1 max-w-md text-ink-2">{problem.detail}</p>}
      {problem.requestId && (
        <p className="mt-2 text-xs text-ink-3">
          Reference <code className="font-mono select-all">{problem.requestId}</code>
        </p>
      )}
      {onRetry && (
        <Button className="mt-4" icon={RotateCw} onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
}

/** Why a form was refused, if no single field is at fault. Takes the focus so that it is read out. */
export function FormError({ error }: { error: unknown }) {
  const problem = asProblem(error)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [error])
  return (
    <div ref={box} role="alert" tabIndex={-1} className="flex gap-2 rounded-md bg-red-bg px-3 py-2 text-red">
      <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0">
        <p className="font-medium">{problem.title}</p>
        {problem.detail && problem.detail !== problem.title && <p>{problem.detail}</p>}
        {problem.requestId && problem.status >= 500 && <p className="text-xs">Reference {problem.requestId}</p>}
      </div>
    </div>
  )
}
