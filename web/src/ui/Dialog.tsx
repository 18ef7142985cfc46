import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { use, useId, useMemo, useRef, type ReactNode } from 'react'
import { cx } from '@/lib/cx'
import { useTitlePart } from '@/lib/title'
import { IconButton } from './Button'
import { Scope, leave } from './leave'

export interface DialogProps {
  open: boolean
  onClose: () => void
  title: string
  description?: ReactNode
  children?: ReactNode
  /** Buttons at the bottom, the primary one last. */
  footer?: ReactNode
  size?: 'small' | 'medium' | 'large' | 'wide'
  /** Stays until what it asks for is done, and makes the page behind it unreadable. */
  lasting?: boolean
}

const WIDTH = { small: 'md:max-w-sm', medium: 'md:max-w-lg', large: 'md:max-w-2xl', wide: 'md:max-w-5xl' }

// Radix's own Overlay locks scrolling through an inline <style>, which the content security policy refuses. The page scrolls inside <main>,
// under this cover, so no lock is needed.
function Backdrop({ opaque = false }: { opaque?: boolean }) {
  return <div className={cx('fixed inset-0 z-40 bg-backdrop animate-fade', opaque && 'backdrop-blur-lg')} aria-hidden />
}

function Head({ title, actions, closes = true }: { title: ReactNode; actions?: ReactNode; closes?: boolean }) {
  return (
    // Not a <header>: outside the page's sections that is the banner of the page, of which there is one.
    <div className="flex min-h-12 items-center gap-1 border-b border-line pr-2 pl-4">
      <Radix.Title className="min-w-0 flex-1 truncate text-base font-semibold">{title}</Radix.Title>
      {actions}
      {closes && (
        <Radix.Close asChild>
          <IconButton icon={X} label="Close" keys="Esc" />
        </Radix.Close>
      )}
    </div>
  )
}

/** Focuses the first field, or else the dialog itself: never the close button with its tooltip. */
function focusWithin(event: Event): void {
  event.preventDefault()
  const box = event.currentTarget
  if (!(box instanceof HTMLElement)) return
  const field = box.querySelector<HTMLElement>('[data-autofocus], input, textarea, select')
  ;(field ?? box).focus()
}

/** The previously focused element; if it was re-rendered meanwhile, it is found by its id. */
function asItIsNow(before: Element | null): HTMLElement | null {
  if (!(before instanceof HTMLElement) || before === document.body) return null
  return before.isConnected ? before : before.id === '' ? null : document.getElementById(before.id)
}

/** Restores the focus to where it was before a dialog or sheet opened, unless it has moved elsewhere. */
export function useReturnFocus() {
  const before = useRef<Element | null>(null)
  return {
    onOpenAutoFocus: (event: Event) => {
      before.current = document.activeElement
      focusWithin(event)
    },
    // Radix reports it in a separate task: by then a fast user has reached the next control.
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault()
      const elsewhere = document.activeElement !== null && document.activeElement !== document.body
      if (!elsewhere) asItIsNow(before.current)?.focus({ preventScroll: true })
    },
  }
}

/** Forms inside a dialog or panel are asked about before it closes. */
function useScope(onClose: () => void) {
  const around = use(Scope)
  const id = useId()
  const scope = useMemo(() => [...around, id], [around, id])
  return { scope, onOpenChange: (open: boolean) => !open && leave(id, onClose) }
}

/** A question or short form on top of the page; on a phone it rises from the bottom edge. */
export function Dialog({ open, onClose, title, description, children, footer, size = 'medium', lasting = false }: DialogProps) {
  const focus = useReturnFocus()
  const { scope, onOpenChange } = useScope(onClose)
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Backdrop opaque={lasting} />
        <Radix.Content
          {...focus}
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={cx(
            'fixed z-40 flex max-h-[calc(100dvh-32px)] w-full flex-col overflow-hidden bg-raised shadow-pop focus:outline-none',
            'md:top-[12vh] md:left-1/2 md:max-h-[76vh] md:-translate-x-1/2 md:rounded-lg md:animate-fade',
            'max-md:inset-x-0 max-md:bottom-0 max-md:rounded-t-lg max-md:pb-safe max-md:animate-rise',
            WIDTH[size],
          )}
        >
          <Head title={title} closes={!lasting} />
          <div className="min-h-0 flex-1 overflow-y-auto p-4">
            {description && <Radix.Description className="text-ink-2">{description}</Radix.Description>}
            <Scope value={scope}>{children}</Scope>
          </div>
          {footer && <div className="flex justify-end gap-2 border-t border-line px-4 py-3 max-md:*:flex-1">{footer}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

export interface SidePanelProps {
  open: boolean
  onClose: () => void
  title: ReactNode
  /** Icon buttons next to the close button. */
  actions?: ReactNode
  children: ReactNode
  footer?: ReactNode
  /** False keeps the page beside it usable, for the detail of a list. */
  modal?: boolean
}

/** A sheet at the right edge; full screen on a phone. */
export function SidePanel({ open, onClose, title, actions, children, footer, modal = false }: SidePanelProps) {
  const focus = useReturnFocus()
  const { scope, onOpenChange } = useScope(onClose)
  useTitlePart(open && typeof title === 'string' ? title : null)
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange} modal={modal}>
      <Radix.Portal>
        {modal && <Backdrop />}
        <Radix.Content
          aria-describedby={undefined}
          {...focus}
          onInteractOutside={(event) => !modal && event.preventDefault()}
          className={cx(
            'fixed inset-y-0 right-0 z-40 flex w-full flex-col bg-raised shadow-pop animate-sheet focus:outline-none',
            'md:max-w-[560px] max-md:animate-rise max-md:pb-safe',
          )}
        >
          <Head title={title} actions={actions} />
          <div className="min-h-0 flex-1 overflow-y-auto p-4">
            <Scope value={scope}>{children}</Scope>
          </div>
          {footer && <div className="flex justify-end gap-2 border-t border-line px-4 py-3 max-md:*:flex-1">{footer}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
