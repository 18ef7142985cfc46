import type { MyReminder, NewReminder, Reminder, ReminderPatch } from '../src/api/types'
import { investors, me, page, problem, type Answer } from './fake-api'

// Reminders that can be created, changed, snoozed, done, cancelled and deleted; fresh for each test.

const HOUR_MS = 3_600_000
const at = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString()
const id = (n: number) => `0199f000-0000-7000-8000-00000000b${String(n).padStart(3, '0')}`

type Request = { url: URL; body: unknown; match: RegExpMatchArray }

function reminder(n: number, hours: number, message: string, more: Partial<MyReminder> = {}): MyReminder {
  const investor = investors[n % 4]!
  return {
    id: id(n),
    version: 1,
    created_at: at(-90),
    updated_at: at(-90),
    investor_id: investor.id,
    investor_name: investor.name,
    user_id: me.id,
    message,
    due_local: at(hours).slice(0, 16),
    due_at: at(hours),
    time_zone: 'UTC',
    recurrence: null,
    status: 'scheduled',
    sent_at: null,
    attempts: 0,
    last_error: null,
    created_by: me.id,
    created_by_name: me.name,
    ...more,
  }
}

export const someReminders = (): MyReminder[] => [
  reminder(1, -3, 'Send the signed subscription documents', {
    status: 'sent',
    sent_at: at(-3),
    investor_id: investors[0]!.id,
    investor_name: investors[0]!.name,
  }),
  reminder(2, -30, 'Ask for the tax certificate', { status: 'failed', attempts: 5, last_error: 'recipient_not_permitted' }),
  reminder(0, 75, 'Call about the follow-up fund', { time_zone: 'America/New_York' }),
  reminder(4, 200, 'Quarterly letter: figures, outlook and the two new holdings', { recurrence: { frequency: 'monthly', interval: 3 } }),
  reminder(3, 2, 'Confirm the dinner', { attempts: 1, last_error: 'throttled' }),
  reminder(5, -400, 'Send the deck', { status: 'done' }),
]

const MISSING = problem(404, 'not_found', 'No such reminder')

export function reminderStore(initial: MyReminder[] = someReminders()) {
  let stored = initial
  const change = (wanted: string | undefined, changes: Partial<MyReminder>): Answer => {
    const before = stored.find((one) => one.id === wanted)
    if (!before) return MISSING
    const after = { ...before, ...changes, version: before.version + 1 }
    stored = stored.map((one) => (one.id === after.id ? after : one))
    return { body: after satisfies Reminder }
  }
  const one = 'api/investors/([^/]+)/reminders/([^/]+)'
  return {
    'GET /api/reminders': ({ url }: Request) => {
      const [status, before] = [url.searchParams.get('status'), url.searchParams.get('due_before')]
      const found = stored.filter((kept) => (!status || kept.status === status) && (!before || kept.due_at < before))
      return page(found.sort((a, b) => a.due_at.localeCompare(b.due_at)))
    },
    'GET /api/investors/([^/]+)/reminders': ({ match }: Request) => page(stored.filter((kept) => kept.investor_id === match[1])),
    'POST /api/investors/([^/]+)/reminders': ({ body, match }: Request): Answer => {
      const sent = body as NewReminder
      const made = reminder(stored.length + 20, 0, sent.message, {
        due_local: sent.due_local,
        due_at: new Date(`${sent.due_local}Z`).toISOString(),
        time_zone: sent.time_zone,
        recurrence: sent.recurrence ?? null,
        investor_id: match[1] ?? '',
      })
      stored = [...stored, made]
      return { status: 201, body: made }
    },
    [`GET /${one}`]: ({ match }: Request): Answer => {
      const found = stored.find((kept) => kept.id === match[2])
      return found ? { body: found } : MISSING
    },
    [`PATCH /${one}`]: ({ body, match }: Request) => change(match[2], body as Partial<ReminderPatch> as Partial<MyReminder>),
    [`DELETE /${one}`]: ({ match }: Request): Answer => {
      stored = stored.filter((kept) => kept.id !== match[2])
      return { status: 204 }
    },
    [`POST /${one}/done`]: ({ match }: Request) => change(match[2], { status: 'done' }),
    [`POST /${one}/cancel`]: ({ match }: Request) => change(match[2], { status: 'cancelled' }),
    [`POST /${one}/snooze`]: ({ body, match }: Request) =>
      change(match[2], { status: 'scheduled', due_at: (body as { until: string }).until, attempts: 0, last_error: null }),
  }
}
