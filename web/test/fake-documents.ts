import type { Document, DocumentVersion, NewDocument } from '../src/api/types'
import { pdf, png } from './files'
import { investors, me, page, problem, type Answer } from './fake-api'

// Documents that can be announced, renamed, downloaded and deleted; fresh for each test. File contents aren't checked.

const HOUR_MS = 3_600_000
const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString()
const id = (n: number) => `0199f000-0000-7000-8000-00000000d${String(n).padStart(3, '0')}`

type Request = { url: URL; body: unknown; match: RegExpMatchArray }
const investor_id = investors[0]?.id ?? ''

function document(
  n: number,
  hours: number,
  title: string,
  file: string,
  type: Document['content_type'],
  size: number,
  more: Partial<Document> = {},
): Document {
  return {
    id: id(n),
    version: 1,
    created_at: ago(hours),
    updated_at: ago(hours),
    investor_id,
    status: 'available',
    title,
    file_name: file,
    content_type: type,
    size,
    sha256: '0'.repeat(64),
    file_version: 1,
    latest_version: 1,
    created_by: me.id,
    created_by_name: me.name,
    ...more,
  }
}

const OFFICE = 'application/vnd.openxmlformats-officedocument'
export const someDocuments = (): Document[] => [
  document(1, 0.1, 'Capital account statement Q3 2026', 'statement.pdf', 'application/pdf', 20, { status: 'quarantined' }),
  document(2, 2, 'Subscription agreement', 'agreement-signed.pdf', 'application/pdf', 1_483_201, {
    version: 4,
    file_version: 3,
    latest_version: 3,
    description: 'Signed by both sides; the side letter is an appendix.',
  }),
  document(3, 30, 'Office tour', 'tour.png', 'image/png', 3_201_442, { created_by_name: 'Jonas Weber' }),
  document(
    4,
    90,
    'Cash flow forecast, with the two scenarios discussed at the annual meeting in Zürich',
    'forecast.xlsx',
    `${OFFICE}.spreadsheetml.sheet`,
    88_211,
    { version: 2, latest_version: 2 },
  ),
  document(5, 200, 'Due diligence questionnaire', 'ddq.docx', `${OFFICE}.wordprocessingml.document`, 412_110, {
    created_by_name: 'Jonas Weber',
  }),
  document(6, 900, 'Annual meeting slides', 'agm.pptx', `${OFFICE}.presentationml.presentation`, 9_412_110),
  document(7, 1200, 'Contacts', 'contacts.csv', 'text/csv', 811),
  document(8, 1300, 'Lost upload', 'lost.txt', 'text/plain', 12, { status: 'awaiting_upload' }),
]

function versions(of: Document): DocumentVersion[] {
  const numbers = Array.from({ length: of.latest_version }, (_, n) => of.latest_version - n)
  return numbers.map((number) => ({
    number,
    status: number > of.file_version ? 'quarantined' : of.status,
    reason: number > of.file_version || of.status === 'quarantined' ? 'wrong_type' : null,
    file_name: of.file_name,
    content_type: of.content_type,
    size: of.size - number,
    sha256: of.sha256,
    created_at: of.created_at,
    created_by: of.created_by,
    created_by_name: of.created_by_name,
  }))
}

const MISSING = problem(404, 'not_found', 'No such document')

export function documentStore(initial: Document[] = someDocuments()) {
  let stored = initial
  const find = (wanted: string | undefined) => stored.find((one) => one.id === wanted)
  const change = (one: Document) => {
    stored = stored.map((other) => (other.id === one.id ? one : other))
    return one
  }
  const one = '/api/investors/([^/]+)/documents/([^/]+)'
  const origin = 'http://127.0.0.1:1'
  return {
    'GET /api/investors/([^/]+)/documents': () => page(stored),
    'POST /api/investors/([^/]+)/documents': ({ body }: Request): Answer => {
      const sent = body as NewDocument
      const made = document(stored.length + 40, 0, sent.file_name.replace(/\.[^.]*$/, ''), sent.file_name, sent.content_type, sent.size, {
        status: 'awaiting_upload',
        sha256: sent.sha256,
      })
      stored = [made, ...stored]
      return {
        status: 201,
        body: { document: made, number: 1, upload: { url: `${origin}/put/${made.id}`, method: 'PUT', headers: {}, expires_in: 900 } },
      }
    },
    [`GET ${one}`]: ({ match }: Request): Answer => {
      const found = find(match[2])
      return found ? { body: { document: found, versions: versions(found) } } : MISSING
    },
    [`PATCH ${one}`]: ({ match, body }: Request): Answer => {
      const found = find(match[2])
      return found ? { body: change({ ...found, ...(body as object), version: found.version + 1 }) } : MISSING
    },
    [`DELETE ${one}`]: ({ match }: Request): Answer => {
      stored = stored.filter(({ id: other }) => other !== match[2])
      return { status: 204 }
    },
    [`POST ${one}/download`]: ({ match }: Request): Answer => ({
      body: { url: `${origin}/get/${find(match[2])?.content_type === 'image/png' ? 'png' : 'pdf'}`, expires_in: 60 },
    }),
  }
}

export const FILES: Record<string, { contentType: string; body: Buffer }> = {
  // The storage's own type, which the page must ignore.
  pdf: { contentType: 'application/octet-stream', body: pdf('Subscription agreement') },
  png: { contentType: 'application/octet-stream', body: png() },
}
