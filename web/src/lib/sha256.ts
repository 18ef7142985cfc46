/** The SHA-256 digest of a file's bytes: 64 hexadecimal digits. The browser takes the bytes as a whole, so they lie in memory once. */
export async function sha256(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
