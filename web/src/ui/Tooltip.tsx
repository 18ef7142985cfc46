import { Tooltip as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { Kbd } from './Kbd'

/** Wraps the app once, so that moving from one tooltip to the next is instant. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return <Radix.Provider delayDuration={450}>{children}</Radix.Provider>
}

export function Tooltip({ label, keys, children }: { label: string; keys?: string; children: ReactNode }) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-50 flex max-w-64 items-center gap-2 rounded-md bg-ink px-2 py-1 text-xs text-surface animate-fade"
        >
          {label}
          {keys && <Kbd keys={keys} inverted />}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
