/** The SHA-256 digest of a file: 64 hexadecimal digits. Browsers only hash complete buffers, so the file is held in memory once. */
export async function sha256(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
