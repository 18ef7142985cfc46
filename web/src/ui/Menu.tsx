import { Check, type LucideIcon } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from '@/lib/cx'
import { Kbd } from './Kbd'

const ITEM = cx(
  'flex min-h-8 items-center gap-2 rounded-md px-2 outline-none select-none max-md:min-h-11',
  'data-highlighted:bg-hover data-disabled:opacity-50',
)

export interface MenuProps {
  /** A single element that can be a button. */
  trigger: ReactNode
  children: ReactNode
  align?: 'start' | 'end'
}

export function Menu({ trigger, children, align = 'end' }: MenuProps) {
  return (
    // Not modal: a modal menu locks scrolling through an inline <style>, which the content security policy refuses.
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-[70vh] min-w-48 overflow-y-auto rounded-lg bg-raised p-1 shadow-pop animate-pop"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

export interface MenuItemProps {
  icon?: LucideIcon
  keys?: string
  danger?: boolean
  disabled?: boolean
  onSelect: () => void
  children: ReactNode
}

export function MenuItem({ icon: Icon, keys, danger, disabled, onSelect, children }: MenuItemProps) {
  return (
    <Radix.Item className={cx(ITEM, danger && 'text-red')} disabled={disabled} onSelect={onSelect}>
      {Icon && <Icon className={cx('size-4', !danger && 'text-ink-3')} aria-hidden />}
      <span className="flex-1">{children}</span>
      {keys && <Kbd keys={keys} />}
    </Radix.Item>
  )
}

/** An entry that can be toggled; the menu stays open. */
export function MenuCheck({
  checked,
  disabled,
  onChange,
  children,
}: {
  checked: boolean
  disabled?: boolean
  onChange: (on: boolean) => void
  children: ReactNode
}) {
  return (
    <Radix.CheckboxItem
      className={ITEM}
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
    >
      <span className="flex-1">{children}</span>
      <Check className={cx('size-4 text-accent', !checked && 'invisible')} aria-hidden />
    </Radix.CheckboxItem>
  )
}

/** A group of entries of which one is selected. */
export function MenuChoice<V extends string>({
  value,
  options,
  onChange,
}: {
  value: V | undefined
  options: readonly { value: V; label: ReactNode }[]
  onChange: (value: V) => void
}) {
  return (
    <Radix.RadioGroup value={value ?? ''} onValueChange={(next) => onChange(next as V)}>
      {options.map((option) => (
        <Radix.RadioItem key={option.value} value={option.value} className={ITEM}>
          <span className="flex-1">{option.label}</span>
          <Check className={cx('size-4 text-accent', option.value !== value && 'invisible')} aria-hidden />
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  )
}

export function SubMenu({ label, icon: Icon, children }: { label: string; icon?: LucideIcon; children: ReactNode }) {
  return (
    <Radix.Sub>
      <Radix.SubTrigger className={cx(ITEM, 'data-[state=open]:bg-hover')}>
        {Icon && <Icon className="size-4 text-ink-3" aria-hidden />}
        <span className="flex-1">{label}</span>
        <span className="text-ink-3" aria-hidden>
          ›
        </span>
      </Radix.SubTrigger>
      <Radix.Portal>
        <Radix.SubContent
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-[60vh] min-w-40 overflow-y-auto rounded-lg bg-raised p-1 shadow-pop animate-pop"
        >
          {children}
        </Radix.SubContent>
      </Radix.Portal>
    </Radix.Sub>
  )
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 py-1 text-xs text-ink-3">{children}</Radix.Label>
}

export function MenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />
}
