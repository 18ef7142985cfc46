import { ChevronDown, X } from 'lucide-react'
import {
  useState,
  type InputHTMLAttributes,
  type KeyboardEvent,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from 'react'
import { cx } from '@/lib/cx'
import { CONTROL, CONTROL_HEIGHT, useControl } from './Field'

type Plain<E> = Omit<E, 'onChange' | 'value'>

export interface InputProps extends Plain<InputHTMLAttributes<HTMLInputElement>> {
  value: string
  onChange: (value: string) => void
  ref?: Ref<HTMLInputElement>
}

export function Input({ onChange, className, ...rest }: InputProps) {
  return (
    <input
      {...useControl()}
      className={cx(CONTROL, CONTROL_HEIGHT, className)}
      onChange={(event) => onChange(event.target.value)}
      {...rest}
    />
  )
}

export interface TextareaProps extends Plain<TextareaHTMLAttributes<HTMLTextAreaElement>> {
  value: string
  onChange: (value: string) => void
}

export function Textarea({ onChange, className, rows = 4, ...rest }: TextareaProps) {
  return (
    <textarea
      {...useControl()}
      rows={rows}
      className={cx(CONTROL, 'field-sizing-content min-h-20 py-2', className)}
      onChange={(event) => onChange(event.target.value)}
      {...rest}
    />
  )
}

export interface Option<V extends string = string> {
  value: V
  label: string
  /** Secondary, less prominent text. */
  note?: string
}

export interface SelectProps<V extends string> extends Plain<SelectHTMLAttributes<HTMLSelectElement>> {
  value: V | ''
  onChange: (value: V) => void
  options: readonly Option<V>[]
  /** Shown while nothing is selected; without it, the first option is selected. */
  placeholder?: string
}

/** The native select: fast, and familiar on a phone. */
export function Select<V extends string>({ value, onChange, options, placeholder, className, ...rest }: SelectProps<V>) {
  return (
    <span className={cx('relative block', className)}>
      <select
        {...useControl()}
        value={value}
        onChange={(event) => onChange(event.target.value as V)}
        className={cx(CONTROL, CONTROL_HEIGHT, 'appearance-none pr-8')}
        {...rest}
      >
        {placeholder !== undefined && <option value="">{placeholder}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-ink-3" aria-hidden />
    </span>
  )
}

export interface CheckboxProps {
  checked: boolean
  onChange: (checked: boolean) => void
  label: string
  hint?: string
  disabled?: boolean
}

export function Checkbox({ checked, onChange, label, hint, disabled }: CheckboxProps) {
  return (
    <label className="flex min-h-6 items-start gap-2 py-0.5 max-md:min-h-11 max-md:items-center">
      <input
        type="checkbox"
        className="mt-0.5 size-4 shrink-0 accent-accent max-md:size-5"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        {label}
        {hint && <span className="block text-xs text-ink-3">{hint}</span>}
      </span>
    </label>
  )
}

export interface TagInputProps {
  /** Its name outside of a field. */
  label?: string
  value: readonly string[]
  onChange: (tags: string[]) => void
  placeholder?: string
  max?: number
}

/** Tags as removable chips: Enter or a comma adds one, Backspace in the empty field removes the last. */
export function TagInput({ label, value, onChange, placeholder = 'Add and press Enter', max = 50 }: TagInputProps) {
  const [draft, setDraft] = useState('')
  const control = useControl()
  const add = (text: string) => {
    const fresh = text
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean)
    if (fresh.length > 0) onChange([...new Set([...value, ...fresh])].slice(0, max))
    setDraft('')
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if ((event.key === 'Enter' && draft.trim() !== '') || event.key === ',') {
      event.preventDefault()
      add(draft)
    } else if (event.key === 'Backspace' && draft === '' && value.length > 0) {
      onChange(value.slice(0, -1))
    }
  }
  return (
    <div
      className={cx(
        CONTROL,
        'flex min-h-9 flex-wrap items-center gap-1 px-1.5 py-1 focus-within:border-focus focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-focus max-md:min-h-11',
      )}
    >
      {value.map((tag) => (
        <span key={tag} className="inline-flex max-w-full items-center gap-1 rounded-sm bg-slate-bg pl-1.5 text-xs text-ink-2">
          <span className="wrap-anywhere">{tag}</span>
          <button
            type="button"
            aria-label={`Remove ${tag}`}
            className="grid size-6 place-items-center rounded-sm hover:bg-hover hover:text-ink max-md:size-8"
            onClick={() => onChange(value.filter((other) => other !== tag))}
          >
            <X className="size-3" aria-hidden />
          </button>
        </span>
      ))}
      <input
        {...control}
        aria-label={label}
        value={draft}
        placeholder={value.length === 0 ? placeholder : undefined}
        className="h-6 min-w-24 flex-1 bg-transparent px-1 focus:outline-none"
        onChange={(event) => (event.target.value.includes(',') ? add(event.target.value) : setDraft(event.target.value))}
        onKeyDown={onKeyDown}
        onBlur={() => add(draft)}
      />
    </div>
  )
}
