import { expect, test, type Page } from '@playwright/test'
import { analytics } from '../fake-analytics'
import { fakeApi, investors, page as listOf, problem } from '../fake-api'
import { FILES, documentStore } from '../fake-documents'
import { LOCALHOST, challenge, codes, factorStore, users } from '../fake-factors'
import { investorStore } from '../fake-investors'
import { moneyStore } from '../fake-money'
import { overviewStore, relationshipManager } from '../fake-overview'
import { ORBIT, people, signedIn } from '../fake-products'
import { reminderStore } from '../fake-reminders'
import { someTasks, taskId } from '../fake-task-data'
import { taskStore } from '../fake-tasks'

// Screenshots of every page for review: 1440 and 390 px wide, light and dark.

interface Shot {
  name: string
  path: string
  overrides?: Parameters<typeof fakeApi>[1]
  before?: (page: Page) => Promise<void>
}

const signedOut = { 'POST /api/auth/refresh': () => problem(401, 'unauthenticated', 'Sign in and try again') }
const lockedOut = { ...problem(429, 'locked_out', 'Too many attempts'), headers: { 'retry-after': '245' } }

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Username').fill('ada')
  await page.getByLabel('Password', { exact: true }).fill('wrong horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').waitFor()
}

async function typePassword(page: Page, heading: string): Promise<void> {
  await page.getByLabel('Username').fill('ada')
  await page.getByLabel('Password', { exact: true }).fill('quiet robots lift crates')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { name: heading }).waitFor()
}

const showFactors = (page: Page) => page.getByRole('heading', { name: 'Recovery codes' }).scrollIntoViewIfNeeded()

const FIRST = `/investors/${investors[0]?.id ?? ''}`
const filled = () => ({ ...documentStore(), ...moneyStore(), ...investorStore() })
const bare = () => ({ ...documentStore([]), ...moneyStore([], { currencies: [] }), ...investorStore() })

const SHOTS: Shot[] = [
  { name: 'documents', path: `${FIRST}/documents`, overrides: filled() },
  { name: 'documents-empty', path: `${FIRST}/documents`, overrides: bare() },
  {
    name: 'documents-error',
    path: `${FIRST}/documents`,
    overrides: { ...filled(), 'GET /api/investors/([^/]+)/documents': () => problem(500, 'internal', 'Something went wrong on our side') },
  },
  { name: 'document-panel', path: `${FIRST}/documents?document=0199f000-0000-7000-8000-00000000d004`, overrides: filled() },
  {
    name: 'document-preview',
    path: `${FIRST}/documents`,
    overrides: filled(),
    before: async (page) => {
      await page.route('http://127.0.0.1:1/get/*', (route) =>
        route.fulfill({ ...FILES['pdf'], headers: { 'access-control-allow-origin': '*' } }),
      )
      await page.getByRole('button', { name: 'Actions for Subscription agreement' }).click()
      await page.getByRole('menuitem', { name: 'Preview' }).click()
      await page.waitForTimeout(1500)
    },
  },
  {
    name: 'document-uploads',
    path: `${FIRST}/documents`,
    overrides: filled(),
    before: async (page) => {
      await page.route('http://127.0.0.1:1/put/*', () => undefined)
      const file = (name: string) => ({ name, mimeType: '', buffer: Buffer.alloc(90_000, 1) })
      await page
        .getByLabel('Files')
        .setInputFiles([file('Side letter.pdf'), file('Photograph of the signing.jpg'), file('figures.csv'), file('setup.exe')])
    },
  },
  {
    name: 'document-delete',
    path: `${FIRST}/documents`,
    overrides: filled(),
    before: async (page) => {
      await page.getByRole('button', { name: 'Actions for Office tour' }).click()
      await page.getByRole('menuitem', { name: 'Delete' }).click()
    },
  },
  { name: 'investments', path: `${FIRST}/investments`, overrides: filled() },
  { name: 'investments-empty', path: `${FIRST}/investments`, overrides: bare() },
  {
    name: 'investment-create',
    path: `${FIRST}/investments`,
    overrides: filled(),
    before: async (page) => {
      await page.getByRole('button', { name: 'Add', exact: true }).click()
      await page.getByRole('button', { name: 'Add investment' }).click()
    },
  },
  { name: 'investment', path: `${FIRST}/investments/0199f000-0000-7000-8000-00000000e001`, overrides: filled() },
  {
    name: 'investment-flows',
    path: `${FIRST}/investments/0199f000-0000-7000-8000-00000000e001`,
    overrides: filled(),
    before: (page) => page.getByRole('heading', { name: 'Cash flows', exact: true }).scrollIntoViewIfNeeded(),
  },
  {
    name: 'cash-flow-create',
    path: `${FIRST}/investments/0199f000-0000-7000-8000-00000000e001`,
    overrides: filled(),
    before: (page) => page.getByRole('button', { name: 'Record', exact: true }).click(),
  },
  { name: 'investment-missing', path: `${FIRST}/investments/0199f000-0000-7000-8000-00000000e999`, overrides: filled() },
  { name: 'login', path: '/login', overrides: signedOut },
  { name: 'login-locked', path: '/login', overrides: { ...signedOut, 'POST /api/auth/login': () => lockedOut }, before: signIn },
  {
    name: 'setup',
    path: '/setup',
    overrides: { ...signedOut, 'GET /api/setup': () => ({ body: { needed: true, token_required: true } }) },
    before: (page) => page.getByRole('button', { name: 'Set up and sign in' }).click(),
  },
  { name: 'profile', path: '/profile' },
  {
    name: 'profile-error',
    path: '/profile',
    overrides: { 'GET /api/me/sessions': () => problem(500, 'internal', 'Something went wrong on our side') },
  },
  { name: 'profile-factors', path: `${LOCALHOST}/profile`, overrides: factorStore().handlers, before: showFactors },
  {
    name: 'passkey-new',
    path: `${LOCALHOST}/profile`,
    overrides: factorStore({ own: [] }).handlers,
    before: (page) => page.getByRole('button', { name: 'Add passkey' }).click(),
  },
  {
    name: 'passkey-remove',
    path: `${LOCALHOST}/profile`,
    overrides: factorStore().handlers,
    before: (page) => page.getByRole('button', { name: 'Remove Chrome on macOS' }).click(),
  },
  {
    name: 'recovery-codes',
    path: `${LOCALHOST}/profile`,
    overrides: { ...factorStore().handlers, 'POST /api/me/recovery-codes': () => ({ body: { recovery_codes: codes } }) },
    before: (page) => page.getByRole('button', { name: 'New recovery codes' }).click(),
  },
  { name: 'login-passkey', path: `${LOCALHOST}/login`, overrides: { ...factorStore().handlers, ...signedOut } },
  {
    name: 'second-step',
    path: `${LOCALHOST}/login`,
    overrides: { ...factorStore().handlers, ...signedOut, 'POST /api/auth/login': () => challenge(['passkey', 'totp', 'recovery']) },
    before: (page) => typePassword(page, 'Second step'),
  },
  {
    name: 'enrolment',
    path: `${LOCALHOST}/login`,
    overrides: { ...factorStore().handlers, ...signedOut, 'POST /api/auth/login': () => challenge(['enrol_passkey', 'enrol_totp']) },
    before: (page) => typePassword(page, 'Set up a second factor'),
  },
  { name: 'security', path: '/settings/security', overrides: factorStore().handlers },
  { name: 'users', path: '/users', overrides: factorStore().handlers },
  {
    name: 'user-factors',
    path: `/users?user=${users[1]?.id}`,
    overrides: factorStore().handlers,
    before: (page) => page.getByRole('button', { name: 'Remove second factors' }).click(),
  },
  { name: 'bell', path: '/profile', before: (page) => page.getByRole('button', { name: /^Notifications/ }).click() },
  {
    name: 'bell-empty',
    path: '/profile',
    overrides: { 'GET /api/notifications': () => listOf([], { unread_count: 0 }) },
    before: (page) => page.getByRole('button', { name: /^Notifications/ }).click(),
  },
  { name: 'menu', path: '/profile', before: (page) => page.getByRole('button', { name: /^Account menu/ }).click() },
  { name: 'shortcuts', path: '/profile', before: (page) => page.keyboard.press('?') },
  { name: 'revoke', path: '/profile', before: (page) => page.getByRole('button', { name: 'Sign out everywhere' }).click() },
  { name: 'investors', path: '/investors', overrides: investorStore() },
  { name: 'investors-filtered', path: '/investors?tier=gold&tag=Europe', overrides: investorStore() },
  {
    name: 'investors-panel',
    path: '/investors',
    overrides: investorStore(),
    before: (page) => page.getByRole('row').filter({ hasText: '3M' }).first().click(),
  },
  {
    name: 'investors-create',
    path: '/investors?create=true',
    overrides: investorStore(),
    before: (page) => page.getByRole('dialog').getByRole('button', { name: 'Create investor' }).click(),
  },
  { name: 'investors-empty', path: '/investors', overrides: investorStore([]) },
  { name: 'overview', path: '/overview', overrides: overviewStore().handlers },
  { name: 'overview-manager', path: '/overview', overrides: { ...overviewStore(people.lena.id).handlers, ...signedIn(people.lena) } },
  { name: 'overview-member', path: '/overview', overrides: { ...overviewStore(people.tomas.id).handlers, ...signedIn(people.tomas) } },
  { name: 'overview-relationship-manager', path: '/overview', overrides: { ...overviewStore().handlers, ...relationshipManager } },
  {
    name: 'overview-empty',
    path: '/overview',
    overrides: {
      ...analytics,
      'GET /api/notifications': () => listOf([], { unread_count: 0 }),
      'GET /api/analytics/portfolio': () => ({ body: { investors: 0, by_tier: [], by_status: [], by_kind: [], capital: [] } }),
      'GET /api/analytics/activity': () => ({
        body: { from: '2026-01-01', to: '2026-01-02', interval: 'week', counts: {}, total: 0, points: [] },
      }),
    },
  },
  {
    name: 'search',
    path: '/overview',
    overrides: { ...investorStore(), ...analytics },
    before: async (page) => {
      await page.keyboard.press('Control+k')
      await page.keyboard.type('a')
      await page.getByRole('option').first().waitFor()
    },
  },
  {
    name: 'investor-figures',
    path: `/investors/${investors[0]?.id}`,
    overrides: { ...investorStore(), ...analytics, 'GET /api/investors/([^/]+)/timeline': () => listOf([]) },
  },
  { name: 'forgot-password', path: '/forgot-password', overrides: signedOut },
  { name: 'reset-password', path: '/reset-password#token=t', overrides: signedOut },
  { name: 'settings', path: '/settings' },
  {
    name: 'reminders',
    path: '/reminders',
    overrides: { ...investorStore(), ...reminderStore() },
    before: (page) => page.getByText('Ask for the tax certificate').click(),
  },
  { name: 'reminders-empty', path: '/reminders' },
  {
    name: 'reminders-snooze',
    path: '/reminders',
    overrides: { ...investorStore(), ...reminderStore() },
    before: (page) => page.getByRole('button', { name: 'Snooze' }).first().click(),
  },
  {
    name: 'investor-reminders',
    path: '/investors/0199f000-0000-7000-8000-000000000100',
    overrides: { ...investorStore(), ...reminderStore() },
  },
  {
    name: 'investor-reminder-new',
    path: '/investors/0199f000-0000-7000-8000-000000000100',
    overrides: { ...investorStore(), ...reminderStore() },
    before: (page) => page.getByRole('button', { name: 'Set a reminder' }).click(),
  },
  {
    name: 'board',
    path: `/products/${ORBIT}/board`,
    overrides: taskStore(someTasks(60), { in_progress: 7, in_review: 3, blocked: 20 }).handlers,
  },
  { name: 'board-lanes', path: `/products/${ORBIT}/board?lanes=assignee&column=in_progress`, overrides: taskStore().handlers },
  {
    name: 'board-panel',
    path: `/products/${ORBIT}/board?task=${taskId(1)}`,
    overrides: taskStore().handlers,
    before: (page) => page.locator('strong', { hasText: 'leaks' }).waitFor(),
  },
  { name: 'board-empty', path: `/products/${ORBIT}/board`, overrides: taskStore([]).handlers },
  {
    name: 'task-comments',
    path: `/products/${ORBIT}/tasks/${taskId(1)}`,
    overrides: taskStore().handlers,
    before: async (page) => {
      await page.getByRole('textbox', { name: 'Comment' }).fill('@')
      await page.getByRole('button', { name: 'History' }).click()
      await page.getByRole('textbox', { name: 'Comment' }).focus()
    },
  },
  {
    name: 'tasks',
    path: `/products/${ORBIT}/tasks?status=open`,
    overrides: taskStore(someTasks(60)).handlers,
    before: (page) => page.getByText('Calibrate against three soil types').first().waitFor(),
  },
  {
    name: 'tasks-chosen',
    path: `/products/${ORBIT}/tasks`,
    overrides: taskStore(someTasks(60)).handlers,
    before: async (page) => {
      await page.getByText('Calibrate against three soil types').first().waitFor()
      for (const box of (await page.getByRole('checkbox', { name: /^Select ORB/ }).all()).slice(0, 3)) await box.check()
    },
  },
  { name: 'task-new', path: `/products/${ORBIT}/tasks?create=true`, overrides: taskStore().handlers },
  { name: 'my-tasks', path: '/tasks', overrides: taskStore(someTasks(60)).handlers },
  { name: 'not-found', path: '/nowhere' },
]

for (const width of [1440, 390]) {
  for (const theme of ['light', 'dark'] as const) {
    test.describe(`${width} ${theme} @shots`, () => {
      test.use({ viewport: { width, height: width === 390 ? 844 : 900 }, colorScheme: theme, deviceScaleFactor: 1 })
      for (const { name, path, overrides, before } of SHOTS) {
        test(name, async ({ page }) => {
          const refused: string[] = []
          page.on('console', (message) => message.text().includes('Content Security Policy') && refused.push(message.text()))
          page.on('pageerror', (error) => refused.push(error.message))
          await fakeApi(page, overrides)
          await page.goto(path, { waitUntil: 'networkidle' })
          await before?.(page)
          await page.waitForTimeout(350)
          await page.screenshot({ path: `test-results/shots/${name}-${width}-${theme}.png` })
          expect(refused).toEqual([])
        })
      }
    })
  }
}
