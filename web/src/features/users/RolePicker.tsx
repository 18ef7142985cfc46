import { CircleAlert } from 'lucide-react'
import { useId } from 'react'
import type { Role } from '@/api/types'
import { ROLES, options } from '@/api/words'
import { Checkbox } from '@/ui/inputs'

const MAY: Record<Role, string> = {
  admin: 'Can do everything, including users and audit.',
  relationship_manager: 'Manages their own investors.',
  analyst: 'Reads all investors and their history.',
  manager: 'Manages their own products and everything in them.',
  team_member: 'Works on the products they belong to.',
}

export interface RolePickerProps {
  value: readonly Role[]
  onChange: (roles: Role[]) => void
  error?: string
}

/** One or more roles, each with a description. */
export function RolePicker({ value, onChange, error }: RolePickerProps) {
  const id = useId()
  const toggle = (role: Role, on: boolean) => onChange(on ? [...value, role] : value.filter((one) => one !== role))
  return (
    <fieldset aria-describedby={error ? id : undefined} className="flex flex-col gap-1">
      <legend className="mb-1 font-medium text-ink-2">Roles</legend>
      {options(ROLES).map(({ value: role, label }) => (
        <Checkbox key={role} checked={value.includes(role)} onChange={(on) => toggle(role, on)} label={label} hint={MAY[role]} />
      ))}
      {error && (
        <p id={id} className="flex items-start gap-1 text-xs text-red">
          <CircleAlert className="mt-0.5 size-3 shrink-0" aria-hidden />
          {error}
        </p>
      )}
    </fieldset>
  )
}
