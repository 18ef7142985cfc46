import { defineConfig } from '@playwright/test'

const PORT = Number(process.env['WEB_PORT'] ?? 4173)

export default defineConfig({
  outputDir: 'test-results/e2e',
  fullyParallel: true,
  workers: 2,
  reporter: 'list',
  use: {
    actionTimeout: 10_000,
    baseURL: `http://127.0.0.1:${PORT}`,
    // As most test users and texts have it; tests of other places say so.
    locale: 'en-GB',
    timezoneId: 'UTC',
    // The system's browser; none is ever downloaded.
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    // Page tests, with the API faked inside the browser.
    { name: 'pages', testDir: 'test/e2e', use: { timezoneId: 'Europe/Berlin' } },
    // User journeys against the embedded stack, started for each file.
    { name: 'real', testDir: 'test/real', timeout: 120_000, fullyParallel: false },
  ],
  webServer: {
    command: `npx vite preview --host 127.0.0.1 --port ${PORT} --strictPort`,
    url: `http://127.0.0.1:${PORT}`,
    reuseExistingServer: false,
  },
})
