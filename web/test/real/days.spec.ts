import { ADMIN, expect, MANAGER, setUp, signIn, test } from './steward'

// Days and times are those of the account, whichever zone and locale the browser has.

test.describe('in Los Angeles', () => {
  test.use({ timezoneId: 'America/Los_Angeles' })

  test('what is entered is what is shown', async ({ page, request, server }) => {
    const api = await setUp(request, server)
    const investor = await api.investorCreate({ name: 'Aurelia Partners', kind: 'fund', tier: 'gold' })
    await signIn(page, ADMIN)
    const question = page.getByRole('region', { name: 'Time zone' })
    await expect(question).toContainText('Times are in UTC, but this browser is in America/Los Angeles.')
    await question.getByRole('button', { name: 'Use America/Los Angeles' }).click()
    await expect(question).toBeHidden()
    await page.goto(`/investors/${investor.id}`)
    const form = page.getByRole('form', { name: 'Log an activity' })
    await form.getByRole('textbox').first().fill('Kick-off')
    await form.getByLabel('When').fill('2026-06-10T17:00')
    await form.getByRole('button', { name: 'Log activity' }).click()
    const entry = page.getByRole('listitem').filter({ hasText: 'Kick-off' }).first()
    await expect(entry.locator('time').first()).toContainText('10 Jun')
    await expect(entry.locator('time').first()).toHaveAttribute('title', /10 Jun 2026, 17:00/)
  })

  test('an account in UTC still shows what was entered', async ({ page, request, server }) => {
    const api = await setUp(request, server)
    const investor = await api.investorCreate({ name: 'Aurelia Partners', kind: 'fund', tier: 'gold' })
    await signIn(page, ADMIN)
    const question = page.getByRole('region', { name: 'Time zone' })
    await question.getByRole('button', { name: 'Keep UTC' }).click()
    await expect(question).toBeHidden()
    await page.goto(`/investors/${investor.id}`)
    await expect(page.getByRole('heading', { name: 'Aurelia Partners' })).toBeVisible()
    await expect(question).toBeHidden()
    const form = page.getByRole('form', { name: 'Log an activity' })
    await form.getByRole('textbox').first().fill('Kick-off')
    await form.getByLabel('When').fill('2026-06-10T17:00')
    await form.getByRole('button', { name: 'Log activity' }).click()
    const entry = page.getByRole('listitem').filter({ hasText: 'Kick-off' }).first()
    await expect(entry.locator('time').first()).toHaveAttribute('title', /10 Jun 2026, 17:00 UTC/)
  })
})

test.describe('in Tokyo', () => {
  test.use({ timezoneId: 'Asia/Tokyo' })

  test('setting up proposes the browser’s zone', async ({ page }) => {
    await page.goto('/setup')
    await page.getByLabel('Your name').fill(ADMIN.name)
    await page.getByLabel('Username').fill(ADMIN.username)
    await page.getByLabel('Email').fill(ADMIN.email)
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
    await expect(page.getByLabel('Time zone')).toContainText('Asia/Tokyo')
    await page.getByRole('button', { name: 'Set up and sign in' }).click()
    await expect(page).toHaveURL(/\/overview$/)
    await expect(page.getByRole('region', { name: 'Time zone' })).toBeHidden()
    await page.goto('/profile')
    await expect(page.getByLabel('Time zone')).toContainText('Asia/Tokyo')
  })
})

test.describe('in German', () => {
  test.use({ locale: 'de-DE' })

  test('dates follow the browser, words stay English', async ({ page, request, server }) => {
    const api = await setUp(request, server)
    const user = await api.userCreate(MANAGER)
    await signIn(page, ADMIN)
    await page.goto(`/users?user=${user.id}`)
    const since = page.getByRole('dialog', { name: MANAGER.name }).locator('time').first()
    await expect(since).toContainText(/just now, \d+\. \p{L}+/u)
    await expect(since).toHaveAttribute('title', /^\d+\. \p{L}+\.? \d{4}, /u)
  })
})
