import type { UserCard } from '../src/api/types'
import { analytics } from './fake-analytics'
import { me } from './fake-api'
import { investorStore } from './fake-investors'
import { milestoneStore } from './fake-milestones'
import { productFigures } from './fake-product-analytics'
import { signedIn } from './fake-products'
import { reminderStore } from './fake-reminders'
import { someTasks } from './fake-task-data'
import { taskStore } from './fake-tasks'

// Everything the overview can request, as seen by a given user.

const person = (name: string, role: UserCard['roles'][number]): UserCard => ({
  id: me.id,
  name,
  username: name.toLowerCase(),
  roles: [role],
  status: 'active',
  second_factor: false,
})

/** Overrides that sign in a user with access to investors only. */
export const relationshipManager = signedIn(person('Rosa', 'relationship_manager'), [
  'user_list',
  'investor_read',
  'investor_create',
  'analytics_read',
  'reminder_write',
  'import_run',
])
export const analystOnly = signedIn(person('Nora', 'analyst'), ['user_list', 'investor_read', 'analytics_read'])

export function overviewStore(selfId = me.id) {
  const tasks = taskStore(someTasks(45), { in_progress: 6, in_review: 6 }, selfId)
  return {
    tasks,
    handlers: { ...investorStore(), ...analytics, ...reminderStore(), ...tasks.handlers, ...milestoneStore(), ...productFigures() },
  }
}
