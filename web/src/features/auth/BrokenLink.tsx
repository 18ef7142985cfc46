import { Unlink } from 'lucide-react'
import type { ReactNode } from 'react'

/** What to do about a link that doesn’t work. */
export function BrokenLink({ children }: { children: ReactNode }) {
  return (
    <div role="alert" className="flex gap-2 rounded-md bg-amber-bg px-3 py-2 text-amber">
      <Unlink className="mt-0.5 size-4 shrink-0" aria-hidden />
      <p>{children}</p>
    </div>
  )
}
