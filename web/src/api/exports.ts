import { follow } from './client'
import { asProblem, problemFrom, type Problem } from './problem'

/** Path of the list to export, such as `/api/exports/investors`. */
export type ExportPath = `/api/exports/${string}`
/** The list's own filters; undefined ones are omitted. */
export type ExportFilters = Readonly<Record<string, string | number | boolean | undefined>>

export interface Exported {
  /** The pages, which concatenated form the file. */
  parts: Blob[]
  rows: number
}

/** Retry delays for a page that fails, unless the server asks for a longer one. */
const RETRY_DELAYS_MS = [1000, 3000, 9000]

/** The URL of the next page in a `Link` header (RFC 8288). */
export function nextPage(header: string | null): string | null {
  return header?.match(/<([^>]*)>\s*;\s*rel="?next"?/)?.[1] ?? null
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
}

async function page(address: string, signal: AbortSignal): Promise<Response> {
  for (let attempt = 0; ; attempt += 1) {
    let problem: Problem
    try {
      const response = await follow(address, signal)
      if (response.ok) return response
      problem = problemFrom(response, await response.json().catch(() => null))
    } catch (error) {
      if (signal.aborted) throw error
      problem = asProblem(error)
    }
    const delay = RETRY_DELAYS_MS[attempt]
    if (delay === undefined || !problem.retryable || problem.code === 'unexpected') throw problem
    await wait(Math.max(delay, (problem.retryAfter ?? 0) * 1000), signal)
  }
}

/** Fetches a whole list page by page; `onRows` reports the number of rows so far. Rejects with the signal's reason when aborted. */
export async function exportList(
  path: ExportPath,
  filters: ExportFilters,
  onRows: (rows: number) => void,
  signal: AbortSignal,
): Promise<Exported> {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filters)) if (value !== undefined) query.set(name, String(value))
  const exported: Exported = { parts: [], rows: 0 }
  let address: string | null = query.size > 0 ? `${path}?${query}` : path
  while (address !== null) {
    const response: Response = await page(address, signal)
    // Kept as bytes: decoding would drop the byte order mark at the start of the file.
    exported.parts.push(await response.blob())
    exported.rows += Number(response.headers.get('x-row-count') ?? 0)
    onRows(exported.rows)
    address = nextPage(response.headers.get('link'))
  }
  return exported
}
