import { CircleAlert, CircleCheck, Info, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { asProblem } from '@/api/problem'
import { cx } from '@/lib/cx'
import { createStore, useStore } from '@/lib/store'
import { IconButton } from './Button'

interface Toast {
  id: number
  tone: 'done' | 'info' | 'error'
  title: string
  detail?: string
  action?: { label: string; run: () => void }
}

export type ToastOptions = Pick<Toast, 'detail' | 'action'>

const SHOWN_MS = 6000
const AT_ONCE = 3
const toasts = createStore<readonly Toast[]>([])
let lastId = 0

function show(tone: Toast['tone'], title: string, options: ToastOptions = {}): void {
  lastId += 1
  toasts.set((shown) => [...shown, { id: lastId, tone, title, ...options }].slice(-AT_ONCE))
}

function dismiss(id: number): void {
  toasts.set((shown) => shown.filter((one) => one.id !== id))
}

/** Short messages at the edge of the page. Offer an undo wherever possible. */
export const toast = {
  done: (title: string, options?: ToastOptions) => show('done', title, options),
  info: (title: string, options?: ToastOptions) => show('info', title, options),
  /** Reports a failed request that no form or page shows. */
  error: (title: string, error: unknown, options?: ToastOptions) => {
    const problem = asProblem(error)
    const reference = problem.requestId ? ` (reference ${problem.requestId})` : ''
    show('error', title, { detail: `${problem.message}${reference}`, ...options })
  },
}

const ICON = { done: CircleCheck, info: Info, error: CircleAlert }
const COLOUR = { done: 'text-green', info: 'text-blue', error: 'text-red' }

function ToastCard({ id, tone, title, detail, action }: Toast) {
  const [held, setHeld] = useState(false)
  useEffect(() => {
    // An error stays until dismissed; other toasts wait while hovered or focused.
    if (held || tone === 'error') return
    const timer = setTimeout(() => dismiss(id), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [id, held, tone])
  const Icon = ICON[tone]
  return (
    <li
      className="pointer-events-auto flex w-full items-start gap-2 rounded-lg bg-raised py-1.5 pr-1.5 pl-3 shadow-pop animate-rise md:w-[380px]"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon className={cx('mt-2 size-4 shrink-0', COLOUR[tone])} aria-hidden />
      <div className="min-w-0 flex-1 py-1.5" role={tone === 'error' ? 'alert' : undefined}>
        <p className="font-medium">{title}</p>
        {detail && <p className="break-words text-ink-2">{detail}</p>}
      </div>
      {action && (
        <button
          type="button"
          className="h-8 rounded-md px-2 font-medium text-accent hover:bg-hover max-md:h-11"
          onClick={() => {
            dismiss(id)
            action.run()
          }}
        >
          {action.label}
        </button>
      )}
      <IconButton icon={X} label="Dismiss" onClick={() => dismiss(id)} />
    </li>
  )
}

/** Where toasts appear; mounted once. */
export function Toasts() {
  const shown = useStore(toasts)
  return (
    <section
      aria-label="Messages"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-3 bottom-20 z-50 md:right-4 md:bottom-4 md:left-auto"
    >
      <ol className="flex flex-col gap-2">
        {shown.map((one) => (
          <ToastCard key={one.id} {...one} />
        ))}
      </ol>
    </section>
  )
}
