import type { Activity, ActivityKind, NewActivity } from '@/api/types'
import { localOf, momentOf } from '@/lib/zoned'

/** Form values of an activity. */
export interface ActivityValues {
  kind: ActivityKind
  /** In the user's time zone, in the format of a `datetime-local` control. */
  occurred_at: string
  summary: string
  details: string
  participants: string[]
  follow_up_on: string
}

export function freshActivity(timeZone: string, now: number = Date.now()): ActivityValues {
  return { kind: 'meeting', occurred_at: localOf(now, timeZone), summary: '', details: '', participants: [], follow_up_on: '' }
}

export function activityValues(activity: Activity, timeZone: string): ActivityValues {
  return {
    kind: activity.kind,
    occurred_at: localOf(Date.parse(activity.occurred_at), timeZone),
    summary: activity.summary,
    details: activity.details ?? '',
    participants: [...activity.participants],
    follow_up_on: activity.follow_up_on ?? '',
  }
}

/** The request body; used for a new activity and, with null for empty fields, as a patch. */
export function sentActivity(
  { details, follow_up_on: followUp, occurred_at: at, ...values }: ActivityValues,
  timeZone: string,
): NewActivity {
  return {
    ...values,
    occurred_at: new Date(momentOf(at, timeZone)).toISOString(),
    details: details.trim() === '' ? null : details,
    follow_up_on: followUp === '' ? null : followUp,
  }
}

export function checkActivity({ summary, occurred_at: at }: ActivityValues) {
  return {
    summary: summary.trim() === '' ? 'Enter a summary.' : undefined,
    occurred_at: Number.isNaN(Date.parse(at)) ? 'Enter a date and time.' : undefined,
  }
}
