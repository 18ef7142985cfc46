import { api } from './client'
import { asProblem, problemFrom } from './problem'

export interface Report {
  name: string
  file: Blob
}

/** The file name in a `Content-Disposition` header (RFC 6266); the UTF-8 one takes precedence (RFC 8187). */
export function fileName(disposition: string | null): string | undefined {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '')?.[1]
  if (extended) {
    try {
      return decodeURIComponent(extended)
    } catch {
      // Not valid UTF-8: fall back to the plain name.
    }
  }
  return /filename="([^"]*)"/i.exec(disposition ?? '')?.[1]
}

async function document(request: Promise<{ data?: unknown; error?: unknown; response: Response }>): Promise<Report> {
  let answer
  try {
    answer = await request
  } catch (error) {
    throw asProblem(error)
  }
  const { data, error, response } = answer
  if (!response.ok) throw problemFrom(response, error)
  return { name: fileName(response.headers.get('content-disposition')) ?? 'Report.pdf', file: data as Blob }
}

/** An investor's report as a PDF, and the name to save it under. */
export function investorReport(investorId: string): Promise<Report> {
  return document(api.GET('/api/investors/{investor_id}/report', { params: { path: { investor_id: investorId } }, parseAs: 'blob' }))
}

/** A product's report as a PDF; its analytics cover the last 90 days. */
export function productReport(productId: string): Promise<Report> {
  return document(api.GET('/api/products/{product_id}/report', { params: { path: { product_id: productId } }, parseAs: 'blob' }))
}
