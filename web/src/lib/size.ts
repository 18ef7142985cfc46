/** "43 kB", "1.2 MB": powers of 1024, as in file managers. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const kilo = bytes / 1024
  if (kilo < 1024) return `${Math.round(kilo)} kB`
  return `${(kilo / 1024).toFixed(1).replace(/\.0$/, '')} MB`
}
