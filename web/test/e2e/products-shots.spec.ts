import { expect, test, type Page } from '@playwright/test'
import { fakeApi, page as listOf, problem } from '../fake-api'
import { PICTURE, assetId, assetStore } from '../fake-assets'
import { milestoneStore } from '../fake-milestones'
import { ANALYTICS, productFigures } from '../fake-product-analytics'
import { ORBIT, people, productStore, signedIn } from '../fake-products'
import { baselines, requirementId, requirementStore } from '../fake-requirements'
import { ruleId, ruleStore } from '../fake-rules'

// Screenshots of the products workspace for review.

interface Shot {
  name: string
  path: string
  overrides?: Parameters<typeof fakeApi>[1]
  before?: (page: Page) => Promise<unknown>
}

const PAGE = `/products/${ORBIT}`
const SHOTS: Shot[] = [
  { name: 'products', path: '/products' },
  { name: 'products-empty', path: '/products', overrides: { 'GET /api/products': () => listOf([]) } },
  {
    name: 'products-error',
    path: '/products',
    overrides: { 'GET /api/products': () => problem(500, 'internal', 'Something went wrong on our side') },
  },
  { name: 'product-new', path: '/products?create=true', before: (page) => page.getByLabel('Name').fill('Harvest Unit') },
  { name: 'product', path: PAGE },
  { name: 'product-archived', path: '/products/0199f000-0000-7000-8000-00000000e005' },
  { name: 'product-analytics', path: ANALYTICS, overrides: productFigures() },
  { name: 'product-team', path: `${PAGE}/team` },
  { name: 'product-settings', path: `${PAGE}/settings` },
  {
    name: 'product-delete',
    path: PAGE,
    before: async (page) => {
      await page.getByRole('button', { name: 'Actions for this product' }).click()
      await page.getByRole('menuitem', { name: 'Delete' }).click()
    },
  },
  { name: 'requirements', path: `${PAGE}/requirements` },
  { name: 'requirements-empty', path: `${PAGE}/requirements`, overrides: { 'GET /api/products/([^/]+)/requirements': () => listOf([]) } },
  { name: 'requirement', path: `${PAGE}/requirements/${requirementId(1)}` },
  { name: 'requirement-links', path: `${PAGE}/requirements/${requirementId(6)}` },
  { name: 'requirement-edit', path: `${PAGE}/requirements/${requirementId(6)}?edit=true` },
  { name: 'requirement-compare', path: `${PAGE}/requirements/${requirementId(1)}?from=1&to=3` },
  { name: 'baselines', path: `${PAGE}/requirements/baselines` },
  {
    name: 'baseline',
    path: `${PAGE}/requirements/baselines/${baselines[0]!.id}`,
    before: (page) => page.getByRole('button', { name: /ORB-R1/ }).click(),
  },
  { name: 'milestones', path: `${PAGE}/milestones` },
  { name: 'milestones-empty', path: `${PAGE}/milestones`, overrides: { 'GET /api/products/([^/]+)/milestones': () => listOf([]) } },
  { name: 'roadmap', path: '/roadmap' },
  { name: 'assets', path: `${PAGE}/assets` },
  { name: 'asset', path: `${PAGE}/assets?asset=${assetId(1)}` },
  { name: 'rules', path: `${PAGE}/rules`, overrides: ruleStore().handlers },
  { name: 'rules-empty', path: `${PAGE}/rules`, overrides: ruleStore([]).handlers },
  { name: 'rule-edit', path: `${PAGE}/rules?rule=${ruleId(2)}`, overrides: ruleStore().handlers },
  { name: 'product-member', path: `${PAGE}/team`, overrides: signedIn(people.tomas) },
]

for (const width of [1440, 390]) {
  for (const theme of ['light', 'dark'] as const) {
    test.describe(`${width} ${theme} @shots`, () => {
      test.use({ viewport: { width, height: width === 390 ? 844 : 900 }, colorScheme: theme, deviceScaleFactor: 1 })
      for (const { name, path, overrides = {}, before } of SHOTS) {
        test(name, async ({ page }) => {
          const refused: string[] = []
          page.on('console', (message) => message.text().includes('Content Security Policy') && refused.push(message.text()))
          page.on('pageerror', (error) => refused.push(error.message))
          await page.route('http://127.0.0.1:1/get/*', (route) => route.fulfill(PICTURE))
          await fakeApi(page, { ...productStore(), ...requirementStore(), ...milestoneStore(), ...assetStore(), ...overrides })
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
