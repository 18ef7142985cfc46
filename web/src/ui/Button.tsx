import { LoaderCircle, type LucideIcon } from 'lucide-react'
import type { ButtonHTMLAttributes, Ref } from 'react'
import { cx } from '@/lib/cx'
import { Tooltip } from './Tooltip'

type Variant = 'primary' | 'secondary' | 'quiet' | 'danger'

const LOOK: Record<Variant, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover',
  secondary:
    'bg-surface text-ink border border-line shadow-[0_1px_1px_#0000000a] hover:bg-hover hover:border-line-strong/50 dark:bg-raised',
  quiet: 'text-ink-2 hover:bg-hover hover:text-ink',
  danger: 'bg-red text-surface hover:opacity-90',
}

const SHAPE =
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors select-none disabled:opacity-50'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: Variant
  icon?: LucideIcon
  /** Shows that work is in progress and ignores further clicks. */
  busy?: boolean
  ref?: Ref<HTMLButtonElement>
}

/** Button classes, for links that look like buttons. */
export function buttonClass(variant: Variant = 'secondary'): string {
  return cx(SHAPE, 'h-8 px-3 text-sm max-md:h-11 max-md:px-4', LOOK[variant])
}

export function Button({ variant = 'secondary', icon: Icon, busy = false, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={cx(buttonClass(variant), className)}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy ? <LoaderCircle className="size-4 animate-spin" aria-hidden /> : Icon && <Icon className="size-4" aria-hidden />}
      {children}
    </button>
  )
}

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  icon: LucideIcon
  /** Accessible name and tooltip. */
  label: string
  keys?: string
  ref?: Ref<HTMLButtonElement>
}

export function IconButton({ icon: Icon, label, keys, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} keys={keys}>
      <button type="button" aria-label={label} className={cx(SHAPE, 'relative size-8 max-md:size-11', LOOK.quiet, className)} {...rest}>
        <Icon className="size-4 max-md:size-5" aria-hidden />
      </button>
    </Tooltip>
  )
}
