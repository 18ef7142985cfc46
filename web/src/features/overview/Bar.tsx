import type { ReactNode } from 'react'

/** A labelled bar with its figure; the bar conveys nothing beyond the figure. */
export function Bar({ label, percent, children }: { label: ReactNode; percent: number; children: ReactNode }) {
  return (
    <span className="grid grid-cols-[112px_minmax(0,1fr)_auto] items-center gap-3 py-1">
      <span className="truncate">{label}</span>
      <span className="h-2 overflow-hidden rounded-full bg-sunken" aria-hidden>
        <span className="block h-full rounded-full bg-accent" style={{ width: `${percent}%` }} />
      </span>
      <span className="tabular w-20 text-right">{children}</span>
    </span>
  )
}
