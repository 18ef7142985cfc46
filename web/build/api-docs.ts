import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const file = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const REDOC = 'node_modules/redoc/bundles/redoc.standalone.js'
const LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg'

/** Files of the page at /api/docs, keyed by the name it requests: Redoc's own bundle and the script that starts it. */
function files(): Record<string, string> {
  const text = (path: string) => readFileSync(file(path), 'utf8')
  return {
    'api-docs/docs.js': [
      text(`${REDOC}.LICENSE.txt`),
      // Leaves out the source map, and the logo that Redoc would fetch from elsewhere.
      text(REDOC)
        .replace(/\n\/\/# sourceMappingURL=.*\s*$/, '')
        .replace(LOGO, '/icon.svg'),
      text('api-docs/start.js'),
    ].join('\n'),
    'api-docs/docs.css': text('api-docs/docs.css'),
  }
}

/** Emits the API page's script and style alongside the app. They are not part of it: nothing in the app loads them. */
export function apiDocs(): Plugin {
  return {
    name: 'steward-api-docs',
    generateBundle() {
      for (const [fileName, source] of Object.entries(files())) this.emitFile({ type: 'asset', fileName, source })
    },
  }
}
