import type { Attachment, Comment, Task, TaskCard, TaskStatus } from '../src/api/types'
import { me } from './fake-api'
import { ORBIT, people } from './fake-products'

// Tasks of a product with their comments and files, for stores and tests.

const HOUR_MS = 3_600_000
export const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString()
const day = (days: number) => new Date(Date.now() + days * 24 * HOUR_MS).toISOString().slice(0, 10)
export const taskId = (n: number) => `0199f000-0000-7000-8000-00000007${String(n).padStart(4, '0')}`
export const attachmentId = (n: number) => `0199f000-0000-7000-8000-00000008${String(n).padStart(4, '0')}`
export const rankOf = (place: number) => `a${place.toFixed(6).padStart(16, '0')}`

export const STATUSES: TaskStatus[] = ['open', 'in_progress', 'blocked', 'in_review', 'done']
const TITLES = [
  'Waterproof the probe housing',
  'Battery lasts two seasons at −10 °C',
  'Calibrate against three soil types',
  'Pairing over Bluetooth fails on some phones',
  'Draw the mounting bracket',
  'Firmware update over the air, with a way back when it is cut off in the middle',
  'Write the installation guide',
  'Antenna range in wet maize',
  'Order ten prototypes',
  'Dashboard shows the last reading',
  'Alarm when a sensor falls silent',
  'Certify for the 868 MHz band',
]
const PRIORITIES = ['medium', 'high', 'low', 'medium', 'critical', 'medium'] as const
const LABELS = [[], ['hardware'], ['firmware', 'field test'], [], ['app'], ['hardware', 'supplier', 'cost', 'beta']]
const WHO = [people.tomas.id, people.yuki.id, me.id, null, people.lena.id]
const DUE = [null, -6, 0, 3, null, 40, 12]
const requirement = (n: number) => `0199f000-0000-7000-8000-00000000f${String(n).padStart(3, '0')}`
export const requirements = ['Measures soil moisture to 2 %', 'Runs two years on one battery', 'Installs in ten minutes'].map(
  (title, n) => ({ id: requirement(n + 1), reference: `ORB-R${n + 1}`, title }),
)
export const milestones = ['Alpha', 'Beta'].map((name, n) => ({ id: requirement(n + 500), name }))

/** Two thirds of the tasks are in the first two columns, as on many boards. */
const COLUMN: TaskStatus[] = ['open', 'in_progress', 'open', 'in_review', 'done', 'open', 'blocked', 'done', 'open']

export function someTasks(count = 24): Task[] {
  return Array.from({ length: count }, (_, n): Task => {
    const due = DUE[n % DUE.length]
    const status = COLUMN[n % COLUMN.length]!
    return {
      id: taskId(n + 1),
      version: 3,
      created_at: ago(400 - n),
      updated_at: ago(n),
      product_id: ORBIT,
      number: n + 1,
      reference: `ORB-${n + 1}`,
      title: `${TITLES[n % TITLES.length]}${n < TITLES.length ? '' : ` (${Math.floor(n / TITLES.length) + 1})`}`,
      description:
        n === 0
          ? 'The seal **leaks** below 40 cm.\n\n- try the double O-ring\n- ask the supplier\n\n| depth | loss |\n|---|---|\n| 20 cm | none |\n| 40 cm | 3 % |'
          : null,
      status,
      rank: rankOf(n + 1),
      priority: PRIORITIES[n % PRIORITIES.length]!,
      assignee_id: WHO[n % WHO.length],
      requirement_id: n % 4 === 0 ? requirements[(n / 4) % 3]!.id : null,
      milestone_id: n % 5 === 0 ? milestones[0]!.id : null,
      due_on: due === null || due === undefined ? null : day(due),
      estimate_hours: n % 3 === 0 ? '6.5' : null,
      labels: [...LABELS[n % LABELS.length]!],
      checklist:
        n % 3 === 0
          ? [
              { id: `s${n}1`, text: 'Measure', done: true },
              { id: `s${n}2`, text: 'Draw the **new** seal', done: false },
              { id: `s${n}3`, text: 'Print it', done: false },
            ]
          : [],
      watcher_ids: [],
      comment_count: n % 4 === 1 ? 2 : 0,
      attachment_count: n === 0 ? 2 : 0,
      status_since: ago(50),
      created_by: people.lena.id,
      created_by_name: people.lena.name,
      requirement_suspect: n === 0,
      requirement_version: n === 0 ? 2 : null,
    }
  })
}

export function cardOf({ checklist, ...task }: Task): TaskCard {
  return { ...task, checklist_done: checklist.filter(({ done }) => done).length, checklist_total: checklist.length }
}

export const someComments = (): Comment[] => [
  {
    id: 'c1',
    version: 1,
    product_id: ORBIT,
    task_id: taskId(1),
    text: 'The seal of the **second** batch holds. @tomas, can you test it at 60 cm?',
    mentions: [people.tomas.id],
    created_at: ago(30),
    updated_at: ago(30),
    created_by: people.lena.id,
    created_by_name: people.lena.name,
  },
  {
    id: 'c2',
    version: 1,
    product_id: ORBIT,
    task_id: taskId(1),
    text: 'Tomorrow. `kit 4` is at the field.',
    mentions: [],
    created_at: ago(3),
    updated_at: ago(3),
    created_by: people.tomas.id,
    created_by_name: people.tomas.name,
  },
]

/** A file of the first task. */
export const file = (
  n: number,
  name: string,
  type: Attachment['content_type'],
  hours: number,
  more: Partial<Attachment> = {},
): Attachment => ({
  id: attachmentId(n),
  version: 2,
  created_at: ago(hours),
  product_id: ORBIT,
  task_id: taskId(1),
  status: 'available',
  reason: null,
  file_name: name,
  content_type: type,
  size: 90_000 * n,
  sha256: '0'.repeat(64),
  created_by: people.lena.id,
  created_by_name: people.lena.name,
  ...more,
})

export const someFiles = (): Attachment[] => [
  file(3, 'Leak.mp4.pdf', 'application/pdf', 2, {
    status: 'quarantined',
    reason: 'wrong_type',
    created_by: me.id,
    created_by_name: me.name,
  }),
  file(2, 'Seal at 40 cm.png', 'image/png', 20, { created_by: people.tomas.id, created_by_name: people.tomas.name }),
  file(1, 'Data sheet of the double O-ring.pdf', 'application/pdf', 200),
]
