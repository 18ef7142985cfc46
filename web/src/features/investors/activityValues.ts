import type { Activity, ActivityKind, NewActivity } from '@/api/types'

/** Form values of an activity. */
export interface ActivityValues {
  kind: ActivityKind
  /** In the browser's time zone, in the format of a `datetime-local` control. */
  occurred_at: string
  summary: string
  details: string
  participants: string[]
  follow_up_on: string
}

/** Formats an instant for a `datetime-local` control, in the browser's time zone. */
export function localInput(moment: Date): string {
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 16)
}

export function freshActivity(): ActivityValues {
  return { kind: 'meeting', occurred_at: localInput(new Date()), summary: '', details: '', participants: [], follow_up_on: '' }
}

export function activityValues(activity: Activity): ActivityValues {
  return {
    kind: activity.kind,
    occurred_at: localInput(new Date(activity.occurred_at)),
    summary: activity.summary,
    details: activity.details ?? '',
    participants: [...activity.participants],
    follow_up_on: activity.follow_up_on ?? '',
  }
}

/** The request body; used for a new activity and, with null for empty fields, as a patch. */
export function sentActivity({ details, follow_up_on: followUp, occurred_at: at, ...values }: ActivityValues): NewActivity {
  return {
    ...values,
    occurred_at: new Date(at).toISOString(),
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
