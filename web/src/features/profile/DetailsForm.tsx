import { useMutation, useQueryClient } from '@tanstack/react-query'
import { meGet, meUpdate } from '@/api/auth'
import { keys } from '@/api/keys'
import { emailMistake, nameMistake } from '@/api/rules'
import type { Me } from '@/api/types'
import { zoneOptions } from '@/lib/time'
import { Combobox } from '@/ui/Combobox'
import { Field } from '@/ui/Field'
import { FormNotes } from '@/ui/FormNotes'
import { Input } from '@/ui/inputs'
import { PendingEmail } from '@/ui/PendingEmail'
import { SaveButtons } from '@/ui/SaveButtons'
import { toast } from '@/ui/Toast'
import { useEntityForm } from '@/ui/useEntityForm'

const valuesOf = ({ name, email, time_zone }: Me) => ({ name, email, time_zone })

export function DetailsForm({ me }: { me: Me }) {
  const client = useQueryClient()
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
  const {
    form,
    edited: changed,
    discard,
  } = useEntityForm({
    entity: me,
    kind: 'user',
    place: 'profile',
    empty: valuesOf(me),
    valuesOf,
    check: ({ name, email }) => ({ name: nameMistake(name), email: emailMistake(email) }),
    // The present address would cancel a change that waits.
    update: (base, { email, ...values }) => meUpdate(base, email === base.email ? values : { ...values, email }),
    reload: meGet,
    onDone: (saved, before = me) => {
      stored(saved)
      const sent = saved.pending_email !== before.pending_email ? saved.pending_email : null
      if (sent) toast.done(`Link sent to ${sent}`, { detail: 'Your address changes when you follow it.' })
      else toast.done('Details saved')
    },
  })
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormNotes form={form} />
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
        <Combobox {...form.bind('time_zone')} options={zoneOptions(me.time_zone)} placeholder="Choose a time zone" />
      </Field>
      <div className="flex justify-end gap-2">
        <SaveButtons edited={changed} busy={form.busy} onDiscard={discard} />
      </div>
    </form>
  )
}
