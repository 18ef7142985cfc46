import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import js from '@eslint/js'
import reactHooks from 'eslint-plugin-react-hooks'
import globals from 'globals'
import ts from 'typescript-eslint'

const SRC = fileURLToPath(new URL('./src', import.meta.url))
/** A folder may import only from itself and from the folders listed before it; features never import from each other. */
const LAYERS = ['styles', 'lib', 'api', 'ui', 'live', 'session', 'shell', 'features', 'app']

function place(file) {
  const [layer, second] = relative(SRC, file).split('/')
  return { rank: LAYERS.indexOf(layer), layer, feature: layer === 'features' ? second : undefined }
}

const layers = {
  meta: {
    type: 'problem',
    messages: { layer: '{{from}} must not import {{to}}', feature: 'Features must not import each other' },
    schema: [],
  },
  create(context) {
    const from = place(context.filename)
    const check = (node) => {
      const name = node.source?.value
      if (typeof name !== 'string' || !/^(\.|@\/)/.test(name) || from.rank < 0) return
      const to = place(name.startsWith('@/') ? resolve(SRC, name.slice(2)) : resolve(dirname(context.filename), name))
      if (to.rank > from.rank || to.rank < 0) context.report({ node, messageId: 'layer', data: { from: from.layer, to: to.layer } })
      else if (from.feature && to.feature && from.feature !== to.feature) context.report({ node, messageId: 'feature' })
    }
    return { ImportDeclaration: check, ImportExpression: check, ExportNamedDeclaration: check, ExportAllDeclaration: check }
  },
}

export default ts.config(
  { ignores: ['dist', 'test-results', 'src/api/schema.d.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  { files: ['**/*.{ts,tsx}'], ...reactHooks.configs.flat.recommended },
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { steward: { rules: { layers } } },
    languageOptions: { globals: globals.browser },
    rules: {
      'steward/layers': 'error',
      'max-lines': ['error', 300],
      // Warns for the React Compiler, which is not used.
      'react-hooks/incompatible-library': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  { files: ['test/**', 'build/**', '*.config.*'], languageOptions: { globals: globals.node } },
  // In Playwright, an empty pattern means that a fixture needs no other.
  { files: ['test/real/**'], rules: { 'no-empty-pattern': 'off' } },
  {
    files: ['public/**', 'api-docs/**'],
    languageOptions: { globals: globals.browser, sourceType: 'script' },
    rules: { 'no-var': 'off', '@typescript-eslint/no-unused-vars': 'off' },
  },
)
