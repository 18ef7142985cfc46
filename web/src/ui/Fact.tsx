import type { ReactNode } from 'react'

/** A name and its value, within a `<dl>`. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[104px_1fr] gap-3 py-1.5">
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 break-words">{children || <span className="text-ink-3">–</span>}</dd>
    </div>
  )
}
