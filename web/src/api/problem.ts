/** One invalid field, as named by the server (`email`, `participants[2]`). */
export interface FieldError {
  field: string
  code: string
  message: string
}

interface ProblemParts {
  status: number
  code: string
  title: string
  detail?: string | null
  requestId?: string | null
  errors?: FieldError[]
  retryAfter?: number | null
}

/** An error response. `status` is 0 if no response arrived. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string | null
  /** Lets support find the request in the server's log. */
  readonly requestId: string | null
  readonly errors: FieldError[]
  /** Seconds to wait before retrying. */
  readonly retryAfter: number | null

  constructor(parts: ProblemParts) {
    super(parts.detail ?? parts.title)
    this.name = 'Problem'
    this.status = parts.status
    this.code = parts.code
    this.title = parts.title
    this.detail = parts.detail ?? null
    this.requestId = parts.requestId ?? null
    this.errors = parts.errors ?? []
    this.retryAfter = parts.retryAfter ?? null
  }

  /** Whether the same request may succeed later without changes. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return []
  return value.map((entry) => {
    const { field, code, message } = record(entry)
    return { field: text(field) ?? '', code: text(code) ?? 'invalid', message: text(message) ?? 'Invalid value.' }
  })
}

/** Seconds from a Retry-After header, which holds either seconds or an HTTP date. */
export function retryAfterSeconds(header: string | null, now: number = Date.now()): number | null {
  if (header === null || header.trim() === '') return null
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds))
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now) / 1000))
}

/** What people read instead of the reason phrase of the HTTP status, which is all the server has for a title. */
const TITLES: Record<number, string> = {
  400: 'Steward couldn’t read this',
  401: 'Couldn’t confirm that it’s you',
  403: 'You can’t do this',
  404: 'Not found',
  409: 'This isn’t possible now',
  412: 'Someone else changed this',
  413: 'Too long',
  422: 'Check what you entered',
  429: 'Too many attempts',
  500: 'Something went wrong',
  502: 'Steward is busy',
  503: 'Steward is busy',
  504: 'Steward is busy',
}
const TECHNICAL = 'Reload the page and try again. If it happens again, report it with the reference.'
/** Messages for programs, by code, in words for people. */
const DETAILS: Record<string, string> = {
  payload_too_large: 'This is more text than Steward can save at once. Shorten it, or split it up.',
  precondition_required: TECHNICAL,
  unsupported_media_type: TECHNICAL,
  method_not_allowed: TECHNICAL,
  idempotency_mismatch: TECHNICAL,
}
/** The phrases of RFC 9110, which the server sends as titles. */
const REASONS =
  /^(Bad Request|Unauthorized|Forbidden|Not Found|Method Not Allowed|Conflict|Precondition (Failed|Required)|(Payload|Content) Too Large|Unsupported Media Type|Unprocessable (Entity|Content)|Too Many Requests|Internal Server Error|Bad Gateway|Service Unavailable|Gateway Timeout|Error)$/

function titleOf(status: number, title: string | null): string {
  if (title !== null && !REASONS.test(title)) return title
  return TITLES[status] ?? 'Something went wrong'
}

/** Reads a problem from a response; a body that isn't a problem document still yields a usable one. */
export function problemFrom(response: Response, body: unknown): Problem {
  const parts = record(body)
  const code = text(parts['code']) ?? `http_${response.status}`
  return new Problem({
    status: response.status,
    code,
    title: titleOf(response.status, text(parts['title'])),
    detail: DETAILS[code] ?? text(parts['detail']),
    requestId: text(parts['request_id']) ?? response.headers.get('x-request-id'),
    errors: fieldErrors(parts['errors']),
    retryAfter: retryAfterSeconds(response.headers.get('retry-after')),
  })
}

/** Converts any thrown value to a problem; a failed fetch becomes `unreachable`. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof TypeError) {
    return new Problem({
      status: 0,
      code: 'unreachable',
      title: 'Can’t reach Steward',
      detail: 'Check your connection. Your input is still here.',
    })
  }
  return new Problem({ status: 0, code: 'unexpected', title: 'Something went wrong', detail: String(error) })
}

/** Field errors by field name; the first message for a field wins. */
export function errorsByField(problem: Problem): Record<string, string> {
  const found: Record<string, string> = {}
  for (const { field, message } of problem.errors) found[field] ??= message
  return found
}
