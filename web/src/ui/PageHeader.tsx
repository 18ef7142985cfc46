import type { ReactNode } from 'react'

/** The title row of a page, with its actions; `meta` is a count or a status next to the title. */
export function PageHeader({
  title,
  meta,
  actions,
  children,
}: {
  title: ReactNode
  meta?: ReactNode
  actions?: ReactNode
  children?: ReactNode
}) {
  return (
    <header className="border-b border-line px-4 md:px-6">
      <div className="flex min-h-13 flex-wrap items-center gap-x-3 gap-y-1 py-2">
        <h1 className="min-w-0 text-base font-semibold max-md:wrap-anywhere md:truncate">{title}</h1>
        {meta && <span className="text-ink-3">{meta}</span>}
        {actions && <div className="ml-auto flex items-center gap-2">{actions}</div>}
      </div>
      {children && <div className="pb-2">{children}</div>}
    </header>
  )
}

/** A titled section of a page. */
export function Section({
  title,
  hint,
  actions,
  flush = false,
  children,
}: {
  title: string
  hint?: ReactNode
  actions?: ReactNode
  /** The content extends to the edges. */ flush?: boolean
  children: ReactNode
}) {
  return (
    <section className="rounded-lg border border-line bg-surface">
      <header className="flex min-h-12 items-center gap-3 border-b border-line px-4 py-2">
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold">{title}</h2>
          {hint && <p className="text-xs text-ink-3">{hint}</p>}
        </div>
        {actions}
      </header>
      <div className={flush ? 'overflow-hidden rounded-b-lg' : 'p-4'}>{children}</div>
    </section>
  )
}
