import type { Board, Comment, NewAttachment, NewTask, SavedView, Task, TaskCard, TaskMove, TaskPatch, TaskStatus } from '../src/api/types'
import { me, page, problem, type Answer } from './fake-api'
import { ORBIT, people, productStore } from './fake-products'
import { STATUSES, ago, cardOf, file, milestones, rankOf, requirements, someComments, someFiles, someTasks, taskId } from './fake-task-data'

// A product's tasks that can be listed, moved, changed and commented on; fresh for each test.

type Request = { url: URL; body: unknown; match: RegExpMatchArray; headers: Record<string, string> }

const MISSING = problem(404, 'not_found', 'No such task')
const STALE = problem(412, 'stale_version', 'Precondition Failed')
const byRank = (a: Task, b: Task) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.id < b.id ? -1 : 1)

/** Handlers over their own store, the recorded requests, and a way to make changes as another user. */
export function taskStore(
  initial: readonly Task[] = someTasks(),
  limits: Board['wip_limits'] = { in_progress: 4, in_review: 3 },
  selfId = me.id,
) {
  let tasks: Task[] = [...initial]
  let comments = someComments()
  let files = someFiles()
  let views: SavedView[] = [{ id: 'v1', created_at: ago(90), name: 'Critical ones', query: 'priority=critical' }]
  const asked: { move: TaskMove; id: string }[] = []
  const find = (id: string | undefined) => tasks.find((one) => one.id === id)
  const put = (task: Task): Task => {
    tasks = tasks.some((one) => one.id === task.id) ? tasks.map((one) => (one.id === task.id ? task : one)) : [...tasks, task]
    return task
  }
  const bump = (task: Task, changes: Partial<Task>) =>
    put({ ...task, ...changes, version: task.version + 1, updated_at: new Date().toISOString() })
  const column = (status: TaskStatus, without?: string) => tasks.filter((one) => one.status === status && one.id !== without).sort(byRank)
  const placeOf = (rank: string | undefined) => (rank === undefined ? undefined : Number(rank.slice(1)))
  const between = (above: Task | undefined, below: Task | undefined) => {
    const [low, high] = [placeOf(above?.rank) ?? 0, placeOf(below?.rank)]
    return rankOf(high === undefined ? low + 1 : (low + high) / 2)
  }
  const first = (status: TaskStatus) => placeOf(column(status)[0]?.rank)
  const entrance = (status: TaskStatus) =>
    status === 'done' ? rankOf((first(status) ?? 2) / 2) : between(column(status).at(-1), undefined)
  const full = (status: TaskStatus, id: string): Answer | null => {
    const limit = status === 'done' ? null : limits[status]
    if (!limit || find(id)?.status === status || column(status).length < limit) return null
    return problem(409, 'wip_limit_reached', 'Conflict', {
      detail: `This column can hold at most ${limit} tasks. Finish or move one first.`,
    })
  }
  const guarded = ({ match, headers }: Request, run: (task: Task) => Answer): Answer => {
    const task = find(match[1])
    if (!task) return MISSING
    return headers['if-match'] === `"${task.version}"` ? run(task) : STALE
  }
  const withSteps = (patch: TaskPatch): Partial<Task> => {
    const { checklist, ...rest } = patch
    return {
      ...rest,
      ...(checklist && { checklist: checklist.map((step, n) => ({ ...step, id: step.id ?? `n${Date.now()}${n}` })) }),
    } as Partial<Task>
  }
  const fits = (query: URLSearchParams) => (one: Task) => {
    const wanted = (name: string, value: string | null | undefined) => !query.has(name) || query.get(name) === (value ?? 'none')
    const words = [one.reference, one.title, ...one.labels].join(' ').toLowerCase()
    return (
      wanted('status', one.status) &&
      wanted('priority', one.priority) &&
      wanted('assignee_id', one.assignee_id) &&
      wanted('requirement_id', one.requirement_id) &&
      wanted('milestone_id', one.milestone_id) &&
      (!query.has('label') || one.labels.includes(query.get('label') ?? '')) &&
      (!query.has('text') || words.includes((query.get('text') ?? '').toLowerCase()))
    )
  }
  const cut = (all: Task[], query: URLSearchParams) => {
    const from = Number(query.get('cursor')?.split(':')[1] ?? 0)
    const until = from + Number(query.get('limit') ?? 100)
    return { items: all.slice(from, until).map(cardOf), next_cursor: until < all.length ? `${all[0]?.status}:${until}` : null }
  }
  const P = '/api/products/[^/]+'
  const handlers = {
    ...productStore(),
    [`GET ${P}/board`]: ({ url }: Request): Answer => {
      const columns = STATUSES.map((status) => ({
        status,
        count: column(status).length,
        ...cut(column(status).filter(fits(url.searchParams)), url.searchParams),
      }))
      return { body: { columns, wip_limits: limits } }
    },
    [`GET ${P}/board/([^/]+)`]: ({ url, match }: Request): Answer => {
      const all = column(match[1] as TaskStatus).filter(fits(url.searchParams))
      return { body: { status: match[1], count: all.length, ...cut(all, url.searchParams) } }
    },
    [`GET ${P}/tasks`]: ({ url }: Request): Answer => ({
      body: cut(
        tasks.filter(fits(url.searchParams)).sort((a, b) => STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status) || byRank(a, b)),
        url.searchParams,
      ),
    }),
    'GET /api/tasks': (): Answer => page(tasks.filter((one) => one.assignee_id === selfId && one.status !== 'done').map(cardOf)),
    [`POST ${P}/tasks`]: ({ body }: Request): Answer => {
      const sent = body as NewTask
      const status = sent.status ?? 'open'
      const refused = full(status, '')
      if (refused) return refused
      const number = Math.max(0, ...tasks.map((one) => one.number)) + 1
      const made: Task = {
        priority: 'medium',
        labels: [],
        ...sent,
        ...withSteps({ checklist: sent.checklist ?? [] }),
        checklist: [],
        status,
        id: taskId(number),
        version: 1,
        created_at: ago(0),
        updated_at: ago(0),
        product_id: ORBIT,
        number,
        reference: `ORB-${number}`,
        rank: entrance(status),
        watcher_ids: [],
        comment_count: 0,
        attachment_count: 0,
        status_since: ago(0),
        created_by: me.id,
        created_by_name: me.name,
      }
      return { status: 201, body: put(made) }
    },
    [`GET ${P}/tasks/([^/]+)`]: ({ match }: Request): Answer => {
      const found = find(match[1])
      return found ? { body: found } : MISSING
    },
    [`PATCH ${P}/tasks`]: ({ body }: Request): Answer => {
      const { ids, patch } = body as { ids: { id: string; version: number }[]; patch: TaskPatch }
      const answer: { updated: TaskCard[]; refused: object[] } = { updated: [], refused: [] }
      for (const { id, version } of ids) {
        const task = find(id)
        const refused = patch.status ? full(patch.status, id) : null
        if (!task || task.version !== version)
          answer.refused.push({ id, code: 'stale_version', detail: 'Someone else changed this after you loaded it. Reload and try again.' })
        else if (refused) answer.refused.push({ id, code: 'wip_limit_reached', detail: (refused.body as { detail: string }).detail })
        else
          answer.updated.push(
            cardOf(
              bump(task, {
                ...withSteps(patch),
                ...(patch.status && patch.status !== task.status ? { rank: entrance(patch.status) } : {}),
              }),
            ),
          )
      }
      return { body: answer }
    },
    [`PATCH ${P}/tasks/([^/]+)`]: (request: Request): Answer =>
      guarded(request, (task) => {
        const patch = request.body as TaskPatch
        const refused = patch.status ? full(patch.status, task.id) : null
        return (
          refused ?? {
            body: bump(task, {
              ...withSteps(patch),
              ...(patch.status && patch.status !== task.status ? { rank: entrance(patch.status) } : {}),
            }),
          }
        )
      }),
    [`DELETE ${P}/tasks/([^/]+)`]: (request: Request): Answer =>
      guarded(request, (task) => {
        tasks = tasks.filter((one) => one !== task)
        return { status: 204 }
      }),
    [`POST ${P}/tasks/([^/]+)/move`]: (request: Request): Answer => {
      const move = request.body as TaskMove
      asked.push({ id: request.match[1]!, move })
      return guarded(
        request,
        (task) =>
          full(move.status, task.id) ?? {
            body: bump(task, { status: move.status, rank: between(find(move.after_id ?? undefined), find(move.before_id ?? undefined)) }),
          },
      )
    },
    [`PUT ${P}/tasks/([^/]+)/checklist/([^/]+)`]: ({ match, body }: Request): Answer => {
      const task = find(match[1])
      if (!task) return MISSING
      return {
        body: bump(task, {
          checklist: task.checklist.map((step) => (step.id === match[2] ? { ...step, done: (body as { done: boolean }).done } : step)),
        }),
      }
    },
    [`PUT ${P}/tasks/([^/]+)/watch`]: ({ match }: Request): Answer => ({ body: bump(find(match[1])!, { watcher_ids: [me.id] }) }),
    [`DELETE ${P}/tasks/([^/]+)/watch`]: ({ match }: Request): Answer => ({ body: bump(find(match[1])!, { watcher_ids: [] }) }),
    [`GET ${P}/tasks/([^/]+)/comments`]: ({ match }: Request): Answer => page(comments.filter((one) => one.task_id === match[1])),
    [`POST ${P}/tasks/([^/]+)/comments`]: ({ match, body }: Request): Answer => {
      const made: Comment = {
        ...(body as { text: string; mentions: string[] }),
        id: `c${comments.length + 1}`,
        version: 1,
        product_id: ORBIT,
        task_id: match[1]!,
        created_at: ago(0),
        updated_at: ago(0),
        created_by: me.id,
        created_by_name: me.name,
      }
      comments = [...comments, made]
      const task = find(match[1])
      if (task) bump(task, { comment_count: task.comment_count + 1 })
      return { status: 201, body: made }
    },
    [`DELETE ${P}/tasks/([^/]+)/comments/([^/]+)`]: ({ match }: Request): Answer => {
      comments = comments.filter((one) => one.id !== match[2])
      return { status: 204 }
    },
    [`GET ${P}/tasks/([^/]+)/attachments`]: ({ match }: Request): Answer => {
      // Announced files become available on the next read.
      files = files.map((one) => (one.status === 'awaiting_upload' ? { ...one, status: 'available', version: 2 } : one))
      return page(files.filter((one) => one.task_id === match[1]))
    },
    [`POST ${P}/tasks/([^/]+)/attachments`]: ({ match, body }: Request): Answer => {
      const sent = body as NewAttachment
      const made = {
        ...file(files.length + 40, sent.file_name, sent.content_type, 0),
        ...sent,
        task_id: match[1]!,
        version: 1,
        status: 'awaiting_upload' as const,
        created_by: me.id,
        created_by_name: me.name,
      }
      files = [made, ...files]
      return {
        status: 201,
        body: { attachment: made, upload: { url: `http://127.0.0.1:1/put/${made.id}`, method: 'PUT', headers: {}, expires_in: 900 } },
      }
    },
    [`DELETE ${P}/tasks/[^/]+/attachments/([^/]+)`]: ({ match, headers }: Request): Answer => {
      const found = files.find((one) => one.id === match[1])
      if (!found) return MISSING
      if (headers['if-match'] !== `"${found.version}"`) return STALE
      files = files.filter((one) => one !== found)
      return { status: 204 }
    },
    [`POST ${P}/tasks/[^/]+/attachments/([^/]+)/download`]: (): Answer => ({ body: { url: 'http://127.0.0.1:1/get/png', expires_in: 60 } }),
    [`GET ${P}/views`]: (): Answer => page(views),
    [`POST ${P}/views`]: ({ body }: Request): Answer => {
      const made = { ...(body as SavedView), id: `v${views.length + 1}` }
      views = [...views, made]
      return { status: 201, body: made }
    },
    [`DELETE ${P}/views/([^/]+)`]: ({ match }: Request): Answer => {
      views = views.filter((one) => one.id !== match[1])
      return { status: 204 }
    },
    [`GET ${P}/requirements`]: (): Answer => page(requirements),
    [`GET ${P}/milestones`]: (): Answer => page(milestones),
    'GET /api/audit': ({ url }: Request): Answer => {
      const wanted = url.searchParams.get('entity_id') ?? undefined
      const at = [...comments, ...files].find((one) => one.id === wanted)
      const task = find(at?.task_id ?? wanted)
      const record = (n: number, action: string, changes: object[]) => ({
        id: `h${n}`,
        at: ago(n),
        action,
        actor_id: people.lena.id,
        actor_name: people.lena.name,
        changes,
        entity_id: task?.id,
        entity_type: 'task',
        request_id: 'r',
      })
      if (at) return page([record(1, 'comment_create', [{ field: 'task_id', before: null, after: at.task_id }])])
      return page([
        record(1, 'task_move', [
          { field: 'status', before: 'open', after: 'in_progress' },
          { field: 'rank', before: 'a', after: 'b' },
        ]),
        record(40, 'task_update', [{ field: 'assignee_id', before: null, after: people.tomas.id }]),
        record(400, 'task_create', []),
      ])
    },
  }
  let event = 0
  /** The live event for a task. */
  const changed = (id: string, action = 'task_update') => {
    event += 1
    return {
      type: 'changed',
      event_id: `0199f000-0000-7000-8000-${String(event).padStart(12, '0')}`,
      entity_type: 'task',
      entity_id: id,
      parent_id: ORBIT,
      version: find(id)?.version ?? 99,
      action,
    }
  }
  /** Moves a task to the top of a column, as another user. */
  const moveAsOther = (id: string, status: TaskStatus) => bump(find(id)!, { status, rank: between(undefined, column(status, id)[0]) })
  const changeAsOther = (id: string, changes: Partial<Task>) => bump(find(id)!, changes)
  const removeAsOther = (id: string) => {
    tasks = tasks.filter((one) => one.id !== id)
  }
  /** Adds a file to a task as another user, and returns its live event. */
  const attachAsOther = (id: string, name: string) => {
    const made = { ...file(90, name, 'image/png', 0), task_id: id }
    files = [made, ...files]
    const task = find(id)
    // Counts don't change the task's version.
    if (task) put({ ...task, attachment_count: task.attachment_count + 1 })
    return { ...changed(id, 'attachment_release'), entity_type: 'attachment', entity_id: made.id }
  }
  /** Comments on a task as another user, and returns its live event. */
  const commentAsOther = (id: string, text: string) => {
    const made: Comment = {
      id: `c${comments.length + 50}`,
      version: 1,
      product_id: ORBIT,
      task_id: id,
      text,
      mentions: [],
      created_at: ago(0),
      updated_at: ago(0),
      created_by: people.lena.id,
      created_by_name: people.lena.name,
    }
    comments = [...comments, made]
    const task = find(id)
    if (task) put({ ...task, comment_count: task.comment_count + 1 })
    return { ...changed(id, 'comment_create'), entity_type: 'comment', entity_id: made.id }
  }
  const renewFileAsOther = (name: string) => {
    files = files.map((one) => (one.file_name === name ? { ...one, version: one.version + 1 } : one))
  }
  return {
    handlers,
    commentAsOther,
    attachAsOther,
    renewFileAsOther,
    asked,
    find,
    column,
    changed,
    moveAsOther,
    changeAsOther,
    removeAsOther,
  }
}
