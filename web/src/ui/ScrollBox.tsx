import type { ReactNode } from 'react'
import { cx } from '@/lib/cx'

/** Holds what may be wider than the page, such as a table: it scrolls sideways, also from the keyboard. */
export function ScrollBox({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <div role="region" aria-label={label} tabIndex={0} className={cx('overflow-x-auto focus-visible:-outline-offset-2', className)}>
      {children}
    </div>
  )
}
