import { useQueryClient } from '@tanstack/react-query'
import { useState, type KeyboardEvent } from 'react'
import { activityCreate, activityGet, activityUpdate } from '@/api/activities'
import { keys } from '@/api/keys'
import type { Activity } from '@/api/types'
import { ACTIVITY_KINDS, options } from '@/api/words'
import { useMe } from '@/session/useMe'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { FormNotes } from '@/ui/FormNotes'
import { Input, Select, TagInput, Textarea } from '@/ui/inputs'
import { toast } from '@/ui/Toast'
import { useEntityForm } from '@/ui/useEntityForm'
import { activityValues, checkActivity, freshActivity, sentActivity, type ActivityValues } from './activityValues'

/** Ctrl or Command with Enter saves from anywhere in the form. */
function saveByKey(event: KeyboardEvent<HTMLFormElement>) {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault()
    event.currentTarget.requestSubmit()
  }
}

/** Logs an activity, or edits a logged one. Expands when used. */
export function ActivityForm({ investorId, activity, onDone }: { investorId: string; activity?: Activity; onDone?: () => void }) {
  const client = useQueryClient()
  const { time_zone: zone } = useMe()
  const { form } = useEntityForm<Activity, ActivityValues>({
    entity: activity,
    kind: 'activity',
    place: investorId,
    empty: freshActivity(zone),
    valuesOf: (one) => activityValues(one, zone),
    check: checkActivity,
    create: (values, key) => activityCreate(investorId, sentActivity(values, zone), key),
    update: (base, values) => activityUpdate(base, sentActivity(values, zone)),
    reload: ({ id }) => activityGet(investorId, id),
    onDone: (saved) => {
      void client.invalidateQueries({ queryKey: keys.investors.timelines(investorId) })
      toast.done(activity ? 'Saved' : `${ACTIVITY_KINDS[saved.kind]} logged`)
      close()
    },
  })
  const [open, setOpen] = useState(activity !== undefined || form.resumedAt !== null)
  const close = () => {
    if (!activity) {
      form.reset(freshActivity(zone))
      setOpen(false)
    }
    onDone?.()
  }
  return (
    <form
      noValidate
      aria-label={activity ? 'Edit activity' : 'Log an activity'}
      className="flex flex-col gap-3 rounded-lg border border-line bg-raised p-4"
      onSubmit={form.onSubmit}
      onKeyDown={saveByKey}
      onFocus={() => setOpen(true)}
    >
      <FormNotes form={form} words={{ kind: { show: (kind: ActivityValues['kind']) => ACTIVITY_KINDS[kind] } }} />
      <Field label={activity ? 'Summary' : 'Log an activity'} required error={form.errors['summary']}>
        <Input {...form.bind('summary')} placeholder="What was discussed?" autoComplete="off" />
      </Field>
      {open && (
        <>
          <div className="grid gap-3 md:grid-cols-3">
            <Field label="Kind" required error={form.errors['kind']}>
              <Select {...form.bind('kind')} options={options(ACTIVITY_KINDS)} />
            </Field>
            <Field label="When" required error={form.errors['occurred_at']}>
              <Input {...form.bind('occurred_at')} type="datetime-local" />
            </Field>
            <Field label="Follow up on" error={form.errors['follow_up_on']}>
              <Input {...form.bind('follow_up_on')} type="date" />
            </Field>
          </div>
          <Field label="Details" error={form.errors['details']}>
            <Textarea {...form.bind('details')} rows={3} />
          </Field>
          <Field label="Participants" error={form.errors['participants']}>
            <TagInput value={form.values.participants} onChange={(people) => form.set('participants', people)} />
          </Field>
          <div className="flex justify-end gap-2">
            <Button variant="quiet" onClick={() => form.leave(close)}>
              Cancel
            </Button>
            <Button type="submit" variant="primary" busy={form.busy}>
              {activity ? 'Save' : 'Log activity'}
            </Button>
          </div>
        </>
      )}
    </form>
  )
}
