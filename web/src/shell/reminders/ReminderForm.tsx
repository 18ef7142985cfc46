import { useState } from 'react'
import { reminderCreate, reminderGet, reminderUpdate } from '@/api/reminders'
import type { Reminder } from '@/api/types'
import { FREQUENCIES } from '@/api/recurrence'
import { options } from '@/api/words'
import { formatExact, formatRelative, useNow, zoneOptions } from '@/lib/time'
import { localOf, momentOf } from '@/lib/zoned'
import { useMe } from '@/session/useMe'
import { managesInvestors, useUsers } from '@/session/useUsers'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { FormNotes } from '@/ui/FormNotes'
import { Input, Select, Textarea } from '@/ui/inputs'
import { toast } from '@/ui/Toast'
import { useEntityForm } from '@/ui/useEntityForm'
import { useRemindersStale } from './useReminderActions'
import { check, fresh, newReminder, patchOf, valuesOf, type Values } from './values'

const UNITS = { daily: 'days', weekly: 'weeks', monthly: 'months', yearly: 'years' }

/** Explains a time, shown below it. */
function dueHint(local: string, timeZone: string, now: number): string | undefined {
  const at = momentOf(local, timeZone)
  if (Number.isNaN(at)) return undefined
  const iso = new Date(at).toISOString()
  if (at <= now) return 'This time has passed; the reminder will be sent immediately.'
  const when = `${formatRelative(iso, now, timeZone)} · ${formatExact(iso, timeZone)}`
  return localOf(at, timeZone) === local ? when : `The clocks skip this time on that day: ${when}`
}

/** Possible recipients; the server checks whether they can manage this investor. */
function usePeople(chosen: string) {
  const me = useMe()
  const { users } = useUsers()
  const others = users.filter((user) => user.id !== me.id && (managesInvestors(user) || user.id === chosen))
  return [{ value: me.id, label: `${me.name} (you)` }, ...others.map(({ id, name }) => ({ value: id, label: name }))]
}

interface ReminderFormProps {
  investorId: string
  /** The reminder to edit; without it, a new one. */
  reminder?: Reminder
  onDone: () => void
}

export function ReminderForm({ investorId, reminder, onDone }: ReminderFormProps) {
  const me = useMe()
  const now = useNow()
  const stale = useRemindersStale()
  const [first] = useState(() => fresh(Date.now(), me.time_zone, me.id))
  const { form } = useEntityForm<Reminder, Values>({
    entity: reminder,
    kind: 'reminder',
    place: investorId,
    empty: first,
    valuesOf,
    check,
    create: (values, key) => reminderCreate(investorId, newReminder(values), key),
    update: (base, values, before) => reminderUpdate(base, patchOf(values, before)),
    reload: (base) => {
      stale(investorId)
      return reminderGet(base)
    },
    onDone: () => {
      stale(investorId)
      toast.done(reminder ? 'Reminder saved' : 'Reminder set')
      onDone()
    },
  })
  const people = usePeople(form.values.user_id)
  const { frequency } = form.values
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormNotes form={form} />
      <Field label="Message" required error={form.errors['message']}>
        <Textarea {...form.bind('message')} rows={2} placeholder="What do you want to be reminded of?" />
      </Field>
      <div className="grid gap-4 md:grid-cols-2">
        <Field label="When" required error={form.errors['due_local']} hint={dueHint(form.values.due_local, form.values.time_zone, now)}>
          <Input {...form.bind('due_local')} type="datetime-local" />
        </Field>
        <Field label="Time zone" required error={form.errors['time_zone']}>
          <Combobox
            {...form.bind('time_zone')}
            options={zoneOptions(form.values.time_zone, me.time_zone)}
            placeholder="Choose a time zone"
          />
        </Field>
        <Field label="Repeats" required error={form.errors['frequency']}>
          <Select {...form.bind('frequency')} options={options(FREQUENCIES)} placeholder="Never" />
        </Field>
        {frequency !== '' && (
          <Field label={`Interval in ${UNITS[frequency]}`} required error={form.errors['interval']}>
            <Input {...form.bind('interval')} type="number" inputMode="numeric" min={1} max={99} />
          </Field>
        )}
      </div>
      {people.length > 1 && (
        <Field label="Recipient" required error={form.errors['user_id']} hint="A relationship manager of this investor.">
          <Select {...form.bind('user_id')} options={people} />
        </Field>
      )}
      <FormActions>
        <Button variant="quiet" onClick={() => form.leave(onDone)}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          {reminder ? 'Save' : 'Set reminder'}
        </Button>
      </FormActions>
    </form>
  )
}
