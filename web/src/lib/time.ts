import { createStore, useStore } from './store'

/** The time zone for displayed times: the user's setting, or else the browser's. */
const zone = createStore<string | undefined>(undefined)

export function setTimeZone(name: string | undefined): void {
  zone.set(name && isTimeZone(name) ? name : undefined)
}

export function useTimeZone(): string | undefined {
  return useStore(zone)
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

export function timeZones(): string[] {
  const known = Intl.supportedValuesOf('timeZone')
  return known.includes('UTC') ? known : ['UTC', ...known]
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** Such as "3 days ago", "in 2 hours" or "just now". */
export function formatRelative(iso: string, now: number): string {
  const seconds = (Date.parse(iso) - now) / 1000
  if (Number.isNaN(seconds)) return iso
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit)
  }
  return 'just now'
}

const exact = new Map<string | undefined, Intl.DateTimeFormat>()

/** Creating a formatter costs more than rendering a table row, so formatters are cached per time zone. */
function exactIn(timeZone: string | undefined): Intl.DateTimeFormat {
  let format = exact.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZoneName: 'short',
      timeZone,
    })
    exact.set(timeZone, format)
  }
  return format
}

/** "21 Nov 2026, 04:38 GMT+1" in the given time zone. */
export function formatExact(iso: string, timeZone?: string): string {
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? iso : exactIn(timeZone).format(at)
}

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })

/** "21 Nov 2026" for a calendar date, which has no time zone. */
export function formatDate(date: string): string {
  const at = new Date(`${date}T00:00:00Z`)
  return Number.isNaN(at.getTime()) ? date : day.format(at)
}

const MINUTE_MS = 60_000
const now = createStore(Date.now())
let watchers = 0
let ticking: ReturnType<typeof setInterval> | undefined

/** The current time, updated every minute by one shared timer. */
export function useNow(): number {
  return useStore(minute)
}

const minute = {
  ...now,
  subscribe(listener: () => void) {
    watchers += 1
    if (watchers === 1) {
      now.set(Date.now())
      ticking = setInterval(() => now.set(Date.now()), MINUTE_MS)
    }
    const stop = now.subscribe(listener)
    return () => {
      stop()
      watchers -= 1
      if (watchers === 0) clearInterval(ticking)
    }
  },
}
