import type { NewRule, Rule, RulePatch } from '../src/api/types'
import { me, page, problem, type Answer } from './fake-api'
import { ORBIT, people } from './fake-products'

// Workflow rules that can be created, changed, paused and deleted; fresh for each test.

type Request = { url: URL; body: unknown; match: RegExpMatchArray; headers: Record<string, string> }

const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
export const ruleId = (n: number) => `0199f000-0000-7000-8000-0000000d0${String(n).padStart(3, '0')}`

function rule(n: number, name: string, when: Rule['when'], then: Rule['then'], more: Partial<Rule> = {}): Rule {
  return {
    id: ruleId(n),
    version: 2,
    created_at: ago(900),
    updated_at: ago(30 * n),
    product_id: ORBIT,
    name,
    enabled: true,
    when,
    then,
    acts_for: people.lena.id,
    acts_for_name: people.lena.name,
    ...more,
  }
}

export const someRules = (): Rule[] => [
  rule(1, 'Blocked work alert', { event: 'task_status_changed', status: 'blocked', priority: null, label: null }, [
    { action: 'notify', recipient: 'owner', message: 'Work is blocked: who can help?' },
  ]),
  rule(2, 'Overdue work first', { event: 'task_overdue', status: null, priority: 'high', label: 'field test' }, [
    { action: 'set_priority', priority: 'critical' },
    { action: 'add_label', label: 'late' },
    { action: 'notify', recipient: 'assignee', message: 'This is late now' },
  ]),
  rule(
    3,
    'Firmware goes to Tomás',
    { event: 'task_created', status: null, priority: null, label: 'firmware' },
    [{ action: 'assign', user_id: people.tomas.id }],
    { enabled: false },
  ),
]

const MISSING = problem(404, 'not_found', 'No such rule')
const STALE = problem(412, 'stale_version', 'Precondition Failed')

export function ruleStore(initial: readonly Rule[] = someRules()) {
  let stored: Rule[] = [...initial]
  const one = '/api/products/[^/]+/rules/([^/]+)'
  const guarded = ({ match, headers }: Request, run: (found: Rule) => Answer): Answer => {
    const found = stored.find(({ id }) => id === match[1])
    if (!found) return MISSING
    return headers['if-match'] === `"${found.version}"` ? run(found) : STALE
  }
  const bump = (before: Rule, changes: Partial<Rule>): Rule => {
    const after = { ...before, ...changes, version: before.version + 1, updated_at: ago(0) }
    stored = stored.map((other) => (other.id === after.id ? after : other))
    return after
  }
  const handlers = {
    'GET /api/products/[^/]+/rules': () => page(stored),
    'POST /api/products/[^/]+/rules': ({ body }: Request): Answer => {
      const sent = body as NewRule
      const labels = sent.then.flatMap((then, at) =>
        then.action === 'add_label' && then.label === 'forbidden'
          ? [{ field: `then[${at}]`, code: 'invalid', message: 'must not be that' }]
          : [],
      )
      if (labels.length > 0) return problem(422, 'invalid_input', 'Unprocessable Entity', { errors: labels })
      const made = {
        ...rule(100 + stored.length, sent.name, sent.when, sent.then, {
          version: 1,
          created_at: ago(0),
          updated_at: ago(0),
          acts_for: me.id,
          acts_for_name: me.name,
        }),
      }
      stored = [...stored, made]
      return { status: 201, body: made }
    },
    [`PATCH ${one}`]: (request: Request) =>
      guarded(request, (found) => ({ body: bump(found, { ...(request.body as RulePatch), acts_for: me.id, acts_for_name: me.name }) })),
    [`DELETE ${one}`]: (request: Request) =>
      guarded(request, (found) => {
        stored = stored.filter((other) => other !== found)
        return { status: 204 }
      }),
  }
  return {
    handlers,
    changeAsOther: (id: string, changes: Partial<Rule>) =>
      bump(
        stored.find((other) => other.id === id)!,
        changes,
      ),
    find: (id: string) => stored.find((other) => other.id === id),
  }
}
