import { useMutation, useQueryClient } from '@tanstack/react-query'
import { meUpdate } from '@/api/auth'
import { keys } from '@/api/keys'
import { emailMistake, nameMistake } from '@/api/rules'
import type { Me } from '@/api/types'
import { timeZones } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/inputs'
import { PendingEmail } from '@/ui/PendingEmail'
import { FormError } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'

const ZONES = timeZones().map((value) => ({ value, label: value.replaceAll('_', ' ') }))

export function DetailsForm({ me }: { me: Me }) {
  const client = useQueryClient()
  const initial = { name: me.name, email: me.email, time_zone: me.time_zone }
  const stored = (changed: Me) => {
    client.setQueryData(keys.me, changed)
    // They are part of the user and share its version.
    void client.invalidateQueries({ queryKey: keys.preferences })
  }
  const cancel = useMutation({
    mutationFn: () => meUpdate(me, { email: me.email }),
    onSuccess: (changed) => {
      stored(changed)
      toast.done('Change of address cancelled')
    },
    onError: (error) => toast.error('Couldn’t cancel the change of address', error),
  })
  const form = useForm({
    initial,
    check: ({ name, email }) => ({ name: nameMistake(name), email: emailMistake(email) }),
    // The present address would cancel a change that waits.
    send: ({ email, ...values }) => meUpdate(me, email === me.email ? values : { ...values, email }),
    onDone: (changed, { email }) => {
      stored(changed)
      if (email === changed.email) toast.done('Details saved')
      else {
        form.reset({ name: changed.name, email: changed.email, time_zone: changed.time_zone })
        toast.done(`Link sent to ${email}`, { detail: 'Your address changes when you follow it.' })
      }
    },
  })
  const changed = JSON.stringify(form.values) !== JSON.stringify(initial)
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      {form.problem && <FormError error={form.problem} />}
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="Name" required error={form.errors['name']}>
          <Input {...form.bind('name')} autoComplete="name" />
        </Field>
        <Field label="Email" required error={form.errors['email']}>
          <Input {...form.bind('email')} type="email" autoComplete="email" />
        </Field>
      </div>
      {me.pending_email && <PendingEmail email={me.pending_email} busy={cancel.isPending} onCancel={() => cancel.mutate()} />}
      <Field label="Time zone" required error={form.errors['time_zone']} hint="Used for exact times and reminders.">
        <Combobox {...form.bind('time_zone')} options={ZONES} placeholder="Choose a time zone" />
      </Field>
      <div className="flex justify-end gap-2">
        {changed && (
          <Button variant="quiet" onClick={() => form.reset()}>
            Discard
          </Button>
        )}
        <Button type="submit" variant="primary" busy={form.busy} disabled={!changed}>
          Save
        </Button>
      </div>
    </form>
  )
}
