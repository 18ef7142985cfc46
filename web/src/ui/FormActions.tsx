import type { ReactNode } from 'react'

/** The buttons of a form in a dialog or side panel; they stay at the bottom while the fields scroll. */
export function FormActions({ children }: { children: ReactNode }) {
  return (
    <div className="sticky -bottom-4 z-10 -mx-4 -mb-4 flex justify-end gap-2 border-t border-line bg-raised px-4 py-3 max-md:*:flex-1">
      {children}
    </div>
  )
}
