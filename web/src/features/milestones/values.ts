import type { Milestone, MilestonePatch, MilestoneStatus, NewMilestone } from '@/api/types'
import { nameMistake } from '@/api/rules'
import { changes } from '@/lib/rebase'
import { dayNumber, dayText } from '@/lib/day'

export interface Values {
  name: string
  description: string
  due_on: string
  status: MilestoneStatus
}

export const EMPTY: Values = { name: '', description: '', due_on: '', status: 'open' }

export function valuesOf({ name, description, due_on, status }: Milestone): Values {
  return { name, description: description ?? '', due_on, status }
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/u.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) && dayText(dayNumber(text)) === text
}

export function check({ name, due_on: due }: Values) {
  return { name: nameMistake(name), due_on: isDay(due) ? undefined : 'Choose a date.' }
}

export function newMilestone({ name, description, due_on }: Values): NewMilestone {
  return { name, due_on, ...(description.trim() === '' ? {} : { description }) }
}

export function patchOf(values: Values, base: Values): MilestonePatch {
  const { description, ...others } = changes(values, base)
  return { ...others, ...(description === undefined ? {} : { description: description.trim() === '' ? null : description }) }
}
