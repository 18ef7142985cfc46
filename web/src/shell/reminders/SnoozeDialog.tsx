import { useState } from 'react'
import type { Reminder } from '@/api/types'
import { formatExact } from '@/lib/time'
import { momentOf } from '@/lib/zoned'
import { useMe } from '@/session/useMe'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/inputs'
import { snoozeChoices } from './snooze'

function Choices({ onChoose }: { onChoose: (until: number) => void }) {
  const { time_zone: zone } = useMe()
  const [now] = useState(() => Date.now())
  const [own, setOwn] = useState('')
  const [mistake, setMistake] = useState<string>()
  const chooseOwn = () => {
    const until = momentOf(own, zone)
    // Also false if there is no time.
    if (until > Date.now()) onChoose(until)
    else setMistake('Enter a time in the future.')
  }
  return (
    <div className="flex flex-col gap-1">
      {snoozeChoices(now, zone).map(({ label, until }, index) => (
        <button
          key={label}
          type="button"
          data-autofocus={index === 0 || undefined}
          className="flex min-h-9 items-center justify-between gap-3 rounded-md px-2 text-left hover:bg-hover max-md:min-h-11"
          onClick={() => onChoose(until)}
        >
          <span className="font-medium">{label}</span>
          <span className="text-ink-3">{formatExact(new Date(until).toISOString(), zone)}</span>
        </button>
      ))}
      <form
        noValidate
        className="mt-2 flex items-start gap-2 border-t border-line pt-3"
        onSubmit={(event) => {
          event.preventDefault()
          chooseOwn()
        }}
      >
        <Field label="Another time" required error={mistake} hint={zone.replaceAll('_', ' ')} className="flex-1">
          <Input
            value={own}
            type="datetime-local"
            onChange={(value) => {
              setOwn(value)
              setMistake(undefined)
            }}
          />
        </Field>
        <Button type="submit" className="mt-6 h-9">
          Set
        </Button>
      </form>
    </div>
  )
}

/** The time until which to snooze a reminder. */
export function SnoozeDialog({
  reminder,
  onClose,
  onChoose,
}: {
  reminder: Reminder | undefined
  onClose: () => void
  onChoose: (until: number) => void
}) {
  return (
    <Dialog open={reminder !== undefined} onClose={onClose} title="Remind again" size="small">
      <Choices onChoose={onChoose} />
    </Dialog>
  )
}
