import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { apiDocs } from './build/api-docs.ts'

// In development, the API is served by a running `make run`; set STEWARD_API for another URL.
const api = process.env['STEWARD_API'] ?? 'http://127.0.0.1:8080'

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  'frame-src blob:',
  "font-src 'self'",
  "connect-src 'self' ws: http://127.0.0.1:*",
  "object-src 'none'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

export default defineConfig({
  plugins: [react(), tailwindcss(), apiDocs()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2022',
    // A data: URL would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What every page needs, the sign-in page too: a few files instead of one for each module that two pages share.
            {
              name: 'core',
              test: /node_modules\/(react|react-dom|scheduler|use-sync-external-store|@tanstack|openapi-fetch)\//,
              priority: 2,
            },
            {
              name: 'base',
              test: /src\/(lib\/(cx|store|locale|day|title|id)|api\/(auth|keys|problem|token|client|factors|rules)|ui\/(inputs|Field|Button|useForm|PasswordInput|CodeForm|states))\.tsx?$/,
              priority: 1,
            },
          ],
        },
      },
    },
  },
  // The app's content security policy, so that browser tests detect violations.
  preview: { headers: { 'content-security-policy': POLICY } },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': { target: api, changeOrigin: false },
      '/live': { target: api, ws: true },
      '/_local': { target: api },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}', 'test/unit/**/*.test.{ts,tsx}'],
    setupFiles: ['test/unit/setup.ts'],
    restoreMocks: true,
    // Allows for a busy machine.
    testTimeout: 30_000,
  },
})
