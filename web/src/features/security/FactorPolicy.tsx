import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { keys } from '@/api/keys'
import { securityGet, securityUpdate } from '@/api/security'
import type { Role, SecuritySettings, UserCard } from '@/api/types'
import { ROLES, options } from '@/api/words'
import { useMe } from '@/session/useMe'
import { Field } from '@/ui/Field'
import { FormNotes } from '@/ui/FormNotes'
import { Checkbox, Input } from '@/ui/inputs'
import { Section } from '@/ui/PageHeader'
import { SaveButtons } from '@/ui/SaveButtons'
import { toast } from '@/ui/Toast'
import { useEntityForm } from '@/ui/useEntityForm'
import { check, covered, patchOf, valuesOf, type Values } from './values'

/** The settings under the name that the audit trail has for them. */
interface Policy extends SecuritySettings {
  id: string
}

function policy(settings: SecuritySettings): Policy {
  return { ...settings, id: 'security' }
}

function usePolicy(settings: SecuritySettings) {
  const client = useQueryClient()
  const stored = (saved: SecuritySettings) => {
    client.setQueryData(keys.security, saved)
    // The caller’s own role may need a factor now.
    void client.invalidateQueries({ queryKey: keys.factors })
  }
  const undo = useMutation({
    mutationFn: ({ saved, before }: { saved: SecuritySettings; before: SecuritySettings }) =>
      securityUpdate(saved, patchOf(valuesOf(before), valuesOf(saved))),
    onSuccess: (restored) => {
      stored(restored)
      toast.done('Change to the policy undone')
    },
    onError: (error) => toast.error('Couldn’t undo the change', error),
  })
  return useEntityForm<Policy, Values>({
    entity: policy(settings),
    kind: 'security',
    empty: valuesOf(settings),
    valuesOf,
    check,
    update: async (base, values, before) => policy(await securityUpdate(base, patchOf(values, before))),
    reload: async () => {
      const newer = await securityGet()
      stored(newer)
      return policy(newer)
    },
    onDone: (saved, before) => {
      stored(saved)
      toast.done('Policy for second factors saved', before && { action: { label: 'Undo', run: () => undo.mutate({ saved, before }) } })
    },
  })
}

interface RoleChoiceProps {
  values: Values
  onChange: (role: Role, required: boolean) => void
  users: readonly UserCard[]
}

function RoleChoice({ values, onChange, users }: RoleChoiceProps) {
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 font-medium text-ink-2">Roles that need a second factor</legend>
      {options(ROLES).map(({ value: role, label }) => {
        const { have, all } = covered(users, role)
        return (
          <Checkbox
            key={role}
            checked={values[role]}
            onChange={(on) => onChange(role, on)}
            label={label}
            hint={all === 0 ? 'Nobody has this role.' : `Set up by ${have} of ${all}.`}
          />
        )
      })}
    </fieldset>
  )
}

/** Which roles need a second factor, and how long users have to set one up. */
export function FactorPolicy({ settings, users }: { settings: SecuritySettings; users: readonly UserCard[] }) {
  const me = useMe()
  const { form, edited, discard } = usePolicy(settings)
  const mine = !me.second_factor && me.roles.some((role) => form.values[role])
  return (
    <form noValidate aria-label="Second factor" onSubmit={form.onSubmit}>
      <Section
        title="Second factor"
        hint="Users with a chosen role need a passkey or an authenticator app. Once the time to set one up is over, they can’t sign in without one."
      >
        <div className="flex flex-col gap-4">
          <FormNotes form={form} />
          <RoleChoice values={form.values} onChange={form.set} users={users} />
          <Field
            label="Days to set one up"
            required
            className="md:w-2/3"
            error={form.errors['grace_days']}
            hint="0 to 90, counted from when the role begins to need one or from when the user was created, whichever is later. With 0, users set one up when they next sign in."
          >
            <Input {...form.bind('grace_days')} inputMode="numeric" autoComplete="off" className="max-w-24" />
          </Field>
          {mine && (
            <p className="text-amber">
              Your own role needs one, and you have none: set one up in{' '}
              <Link to="/profile" className="underline">
                your profile
              </Link>
              .
            </p>
          )}
          <div className="flex justify-end gap-2 max-md:*:flex-1">
            <SaveButtons edited={edited} busy={form.busy} onDiscard={discard} />
          </div>
        </div>
      </Section>
    </form>
  )
}
