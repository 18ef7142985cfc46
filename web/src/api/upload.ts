import { Problem } from './problem'
import type { Upload } from './types'

/** Bytes sent so far. */
export type UploadProgress = (sent: number) => void

/**
 * Sends a file to the presigned URL, with exactly its headers and no token. Uses XMLHttpRequest because `fetch` does not report upload
 * progress.
 */
export function uploadSend(upload: Upload, file: Blob, onProgress: UploadProgress, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(upload.method, upload.url)
    for (const [name, value] of Object.entries(upload.headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded }) => onProgress(loaded)
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve()
      else
        reject(
          new Problem({
            status: request.status,
            code: 'upload_refused',
            title: 'The file wasn’t accepted',
            detail: 'The upload link may have expired. Choose the file again.',
          }),
        )
    }
    // The error `fetch` throws if no response arrives.
    request.onerror = () => reject(new TypeError('The upload was interrupted'))
    request.onabort = () => reject(new DOMException('The upload was cancelled', 'AbortError'))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}
