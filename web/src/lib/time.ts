import { dayOf, relativeDay, shortDay } from './day'
import { WORDS, dateFormat } from './locale'
import { createStore, useStore } from './store'
import { localOf } from './zoned'

const MINUTE_MS = 60_000

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

/** A user's zone may be a name that the browser doesn't list, such as an alias. */
export function zoneOptions(...more: string[]): { value: string; label: string }[] {
  const names = [...new Set([...timeZones(), ...more.filter((name) => name !== '' && isTimeZone(name))])].sort()
  return names.map((value) => ({ value, label: zoneName(value) }))
}

/** `America/New_York` for people. */
export function zoneName(zone: string): string {
  return zone.replaceAll('_', ' ')
}

export function browserZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

const counted = new Intl.RelativeTimeFormat(WORDS)

/** Such as "3 days ago", "in 2 hours" or "just now": hours within a calendar day of the user's, days beyond it. */
export function formatRelative(iso: string, now: number, timeZone: string | undefined = zone.get()): string {
  const at = Date.parse(iso)
  const minutes = Math.trunc((at - now) / MINUTE_MS)
  if (Number.isNaN(minutes)) return iso
  if (minutes === 0) return 'just now'
  if (Math.abs(minutes) < 60) return counted.format(minutes, 'minute')
  const [day, today] = [dayOf(at, timeZone), dayOf(now, timeZone)]
  return day === today ? counted.format(Math.trunc(minutes / 60), 'hour') : relativeDay(day, today)
}

/** "tomorrow, 2 Dec": relative words with their day, which stays right when they don't. */
export function formatRelativeDay(iso: string, now: number, timeZone: string | undefined = zone.get()): string {
  const at = Date.parse(iso)
  if (Number.isNaN(at)) return iso
  return `${formatRelative(iso, now, timeZone)}, ${shortDay(dayOf(at, timeZone), dayOf(now, timeZone))}`
}

/** What a reader must know about figures by day, whose days are those of UTC. */
export function dayStartWords(timeZone: string = browserZone(), now: number = Date.now()): string {
  const [, clock = ''] = localOf(Date.parse(`${dayOf(now, 'UTC')}T00:00:00Z`), timeZone).split('T')
  return clock === '00:00' ? 'By day.' : `By day; a day begins at ${clock} your time.`
}

const exact = new Map<string | undefined, Intl.DateTimeFormat>()

/** Creating a formatter costs more than rendering a table row, so formatters are cached per time zone. */
function exactIn(timeZone: string | undefined): Intl.DateTimeFormat {
  let format = exact.get(timeZone)
  if (!format) {
    format = dateFormat({
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

const now = createStore(Date.now())
let watchers = 0
let ticking: ReturnType<typeof setInterval> | undefined

/** The current time, updated every minute by one shared timer. */
export function useNow(): number {
  return useStore(minute)
}

/** Today in the user's time zone, such as `2026-12-31`. */
export function today(now: number = Date.now()): string {
  return dayOf(now, zone.get())
}

export function useToday(): string {
  return dayOf(useNow(), useTimeZone())
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
