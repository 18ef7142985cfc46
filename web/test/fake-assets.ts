import type { Asset, AssetPatch, AssetVersion, NewAsset } from '../src/api/types'
import { png } from './files'
import { me, page, problem, type Answer } from './fake-api'
import { ORBIT, people } from './fake-products'
import { requirementId } from './fake-requirements'

// Assets of the first product that can be announced, changed, approved or rejected, and deleted; fresh for each test.

const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
export const assetId = (n: number) => `0199f000-0000-7000-8000-00000000a${String(n).padStart(3, '0')}`
type Request = { url: URL; body: unknown; match: RegExpMatchArray }

function asset(n: number, name: string, kind: Asset['kind'], file: string, type: Asset['content_type'], more: Partial<Asset> = {}): Asset {
  return {
    id: assetId(n),
    version: 1,
    created_at: ago(n * 50),
    updated_at: ago(n * 9),
    product_id: ORBIT,
    name,
    kind,
    requirement_id: null,
    requirement_version: null,
    requirement_suspect: false,
    status: 'available',
    approval: 'draft',
    approval_note: null,
    approver_id: null,
    approver_name: null,
    decided_at: null,
    file_name: file,
    content_type: type,
    size: 240_000 * n,
    sha256: '0'.repeat(64),
    file_version: 1,
    latest_version: 1,
    created_by: people.yuki.id,
    created_by_name: people.yuki.name,
    ...more,
  }
}

export const assets: Asset[] = [
  asset(1, 'Probe head', 'drawing', 'probe.png', 'image/png', {
    approval: 'approved',
    approver_id: me.id,
    approver_name: me.name,
    decided_at: ago(20),
    approval_note: 'Good to mill.',
    requirement_id: requirementId(1),
    requirement_version: 2,
    requirement_suspect: true,
    file_version: 3,
    latest_version: 3,
    version: 6,
  }),
  asset(2, 'Onboarding, choose the kind of soil', 'mockup', 'onboarding.png', 'image/png', {
    approval: 'in_review',
    requirement_id: requirementId(5),
    requirement_version: 1,
  }),
  asset(3, 'Battery specification', 'specification', 'battery.pdf', 'application/pdf', {
    approval: 'rejected',
    approval_note: 'The self-discharge is missing.',
    approver_name: me.name,
    decided_at: ago(70),
  }),
  asset(4, 'Field in Thuringia', 'photo', 'field.jpeg', 'image/jpeg'),
  asset(5, 'Bill of materials', 'other', 'bom.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', {
    created_by_name: me.name,
  }),
  asset(6, 'Antenna', 'drawing', 'antenna.png', 'image/png', { status: 'quarantined', created_by: me.id, created_by_name: me.name }),
]

const MISSING = problem(404, 'not_found', 'No such asset')
const ORIGIN = 'http://127.0.0.1:1'

function versionsOf(one: Asset): AssetVersion[] {
  return Array.from({ length: one.latest_version }, (_, n) => one.latest_version - n).map((number) => ({
    number,
    status: one.status,
    reason: one.status === 'quarantined' ? 'wrong_type' : null,
    note: number > 1 ? 'Rounder edges.' : null,
    file_name: one.file_name,
    content_type: one.content_type,
    size: one.size - number,
    sha256: one.sha256,
    created_at: one.created_at,
    created_by: one.created_by,
    created_by_name: one.created_by_name,
  }))
}

export function assetStore(initial: readonly Asset[] = assets) {
  let stored: Asset[] = [...initial]
  const find = (wanted: string | undefined) => stored.find((one) => one.id === wanted)
  const change = ({ match }: Request, changes: Partial<Asset>): Answer => {
    const before = find(match[2])
    if (!before) return MISSING
    const after = { ...before, ...changes, version: before.version + 1, updated_at: new Date().toISOString() }
    stored = stored.map((one) => (one.id === after.id ? after : one))
    return { body: after }
  }
  const decide = (approval: Asset['approval']) => (request: Request) =>
    change(request, {
      approval,
      approval_note: (request.body as { note?: string }).note ?? null,
      approver_name: me.name,
      decided_at: new Date().toISOString(),
    })
  const one = '/api/products/([^/]+)/assets/([^/]+)'
  const upload = (id: string) => ({ url: `${ORIGIN}/put/${id}`, method: 'PUT', headers: {}, expires_in: 900 })
  return {
    'GET /api/products/([^/]+)/assets': ({ url: { searchParams: query } }: Request) =>
      page(
        stored.filter(
          ({ name, requirement_id: requirement }) =>
            name.toLowerCase().includes(query.get('text')?.toLowerCase() ?? '') &&
            (!query.has('requirement_id') || query.get('requirement_id') === requirement),
        ),
      ),
    'POST /api/products/([^/]+)/assets': ({ body }: Request): Answer => {
      const sent = body as NewAsset
      const made = asset(
        stored.length + 40,
        sent.file_name.replace(/\.[^.]*$/, ''),
        sent.kind ?? 'other',
        sent.file_name,
        sent.content_type,
        { status: 'awaiting_upload', size: sent.size, requirement_id: sent.requirement_id ?? null, updated_at: ago(0) },
      )
      stored = [made, ...stored]
      return { status: 201, body: { asset: made, number: 1, upload: upload(made.id) } }
    },
    [`GET ${one}`]: ({ match }: Request): Answer => {
      const found = find(match[2])
      // Announced files become available on the next read.
      if (found?.status === 'awaiting_upload') stored = stored.map((other) => (other === found ? { ...found, status: 'available' } : other))
      const now = find(match[2])
      return now ? { body: { asset: now, versions: versionsOf(now) } } : MISSING
    },
    [`PATCH ${one}`]: (request: Request) => {
      const patch = request.body as AssetPatch
      return change(request, { ...patch, ...(patch.requirement_id ? { requirement_suspect: false } : {}) } as Partial<Asset>)
    },
    [`DELETE ${one}`]: ({ match }: Request): Answer => {
      stored = stored.filter(({ id }) => id !== match[2])
      return { status: 204 }
    },
    [`POST ${one}/versions`]: (request: Request): Answer => {
      const before = find(request.match[2])
      if (!before) return MISSING
      const number = before.latest_version + 1
      const { body } = change(request, {
        latest_version: number,
        file_version: number,
        approval: 'draft',
        approval_note: null,
        approver_name: null,
        decided_at: null,
      })
      return { status: 201, body: { asset: body, number, upload: upload(before.id) } }
    },
    [`POST ${one}/approve`]: decide('approved'),
    [`POST ${one}/reject`]: decide('rejected'),
    [`POST ${one}/versions/(\\d+)/download`]: (): Answer => ({ body: { url: `${ORIGIN}/get/png`, expires_in: 60 } }),
  }
}

export const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET, PUT', 'access-control-allow-headers': '*' }
export const PICTURE = { contentType: 'application/octet-stream', body: png(), headers: CORS }
