import { CircleAlert } from 'lucide-react'
import { createContext, use, useId, type ReactNode } from 'react'
import { cx } from '@/lib/cx'

interface FieldParts {
  id: string
  describedBy: string | undefined
  invalid: boolean
  required: boolean
}

const FieldContext = createContext<FieldParts | null>(null)

/** Props that a control inside a {@link Field} puts on its element. */
export function useControl(): { id?: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean; 'aria-required'?: boolean } {
  const field = use(FieldContext)
  if (!field) return {}
  return {
    id: field.id,
    'aria-describedby': field.describedBy,
    'aria-invalid': field.invalid || undefined,
    'aria-required': field.required || undefined,
  }
}

export const CONTROL = cx(
  'w-full rounded-md border border-line-strong bg-surface px-2.5 text-sm text-ink transition-colors hover:border-ink-3',
  'focus:border-focus focus:outline-2 focus:-outline-offset-1 focus:outline-focus',
  'aria-invalid:border-red disabled:opacity-60 [&[readonly]]:bg-sunken dark:bg-sunken',
)
export const CONTROL_HEIGHT = 'h-9 max-md:h-11'

export interface FieldProps {
  label: string
  hint?: ReactNode
  error?: string
  required?: boolean
  className?: string
  children: ReactNode
}

/** A label, one control, a hint and the control's error. */
export function Field({ label, hint, error, required = false, className, children }: FieldProps) {
  const id = useId()
  const shown = error ? `${id}-error` : hint ? `${id}-hint` : undefined
  return (
    <FieldContext value={{ id, describedBy: shown, invalid: Boolean(error), required }}>
      <div className={cx('flex flex-col gap-1', className)}>
        <label htmlFor={id} className="flex items-baseline justify-between font-medium text-ink-2">
          {label}
          {!required && <span className="text-xs font-normal text-ink-3">Optional</span>}
        </label>
        {children}
        {error ? (
          <p id={`${id}-error`} className="flex items-start gap-1 text-xs text-red">
            <CircleAlert className="mt-0.5 size-3 shrink-0" aria-hidden />
            {error}
          </p>
        ) : (
          hint && (
            <p id={`${id}-hint`} className="text-xs text-ink-3">
              {hint}
            </p>
          )
        )}
      </div>
    </FieldContext>
  )
}
