import { createContext, use, type ReactNode } from 'react'
import { Logo } from '@/shell/Logo'

/** True inside a dialog over the page that the session ended on. */
export const OverPage = createContext(false)

/** Page frame for setup and sign-in. */
export function AuthFrame({ title, intro, children }: { title: string; intro: string; children: ReactNode }) {
  if (use(OverPage)) {
    return (
      <div className="mt-4">
        <p className="mb-4 text-ink-2">{intro}</p>
        {children}
      </div>
    )
  }
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 py-8 md:justify-center">
      <div className="w-full max-w-[400px]">
        <div className="mb-6 flex items-center gap-2.5">
          <Logo className="size-8" />
          <span className="text-base font-semibold">Steward</span>
        </div>
        <div className="rounded-lg border border-line bg-surface p-6 shadow-[0_1px_2px_#0000000a] md:p-8">
          <h1 className="text-lg font-semibold">{title}</h1>
          <p className="mt-1 mb-6 text-ink-2">{intro}</p>
          {children}
        </div>
        <p className="mt-6 text-center text-xs text-ink-3">Investor relationships and product development in one place.</p>
      </div>
    </main>
  )
}
