import { expect, test } from '@playwright/test'
import { fakeApi, problem } from '../fake-api'

test('the sign-in page asks for few files', async ({ page }) => {
  await fakeApi(page, { 'POST /api/auth/refresh': () => problem(401, 'unauthenticated', 'Sign in and try again') })
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto('/login')
  await expect(page.getByLabel('Username')).toBeVisible()
  await page.waitForLoadState('networkidle')
  expect(asked.length, asked.join('\n')).toBeLessThan(20)
})
