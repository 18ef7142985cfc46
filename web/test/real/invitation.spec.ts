import type { Page } from '@playwright/test'
import { ADMIN, expect, MANAGER, otherBrowser, setUp, signIn, test } from './steward'

// Nobody but the user sets a password: a new one with the invitation, a lost one with a reset link.

async function invite(page: Page): Promise<void> {
  await page.goto('/users?create=true')
  const dialog = page.getByRole('dialog', { name: 'New user' })
  await dialog.getByLabel('Name', { exact: true }).fill(MANAGER.name)
  await dialog.getByLabel('Username').fill(MANAGER.username)
  await dialog.getByLabel('Email').fill(MANAGER.email)
  await dialog.getByRole('checkbox', { name: /^Relationship manager/ }).check()
  await dialog.getByRole('button', { name: 'Create and invite' }).click()
  await expect(page.getByText(`Invitation sent to ${MANAGER.email}`)).toBeVisible()
}

test('an invited user sets a password and signs in', async ({ page, browser, request, server }) => {
  const api = await setUp(request, server)
  const admin = await otherBrowser(browser, server, ADMIN)
  await invite(admin)
  await expect(admin.getByRole('row', { name: /Jonas Weber/ })).toContainText('Invited')
  await page.goto(`/invitation#token=${await api.linkToken(MANAGER.email)}`)
  await expect(page).toHaveURL(/\/invitation$/)
  const password = page.getByLabel('Password', { exact: true })
  await password.fill('Password1234')
  await expect(page.getByRole('meter', { name: 'Strength' })).toHaveAttribute('aria-valuetext', /easy to guess/)
  await page.getByRole('button', { name: 'Set password' }).click()
  await expect(page.getByText(/harder to guess/)).toBeVisible()
  await password.fill(MANAGER.password)
  await page.getByRole('button', { name: 'Set password' }).click()
  await expect(page.getByText('You can now sign in as jonas.')).toBeVisible()
  await expect(page.getByLabel('Username')).toHaveValue('jonas')
  await page.getByLabel('Password', { exact: true }).fill(MANAGER.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('button', { name: /^Account menu/ })).toBeVisible()
})

test('a new invitation replaces the old one', async ({ page, request, server }) => {
  const api = await setUp(request, server)
  await signIn(page, ADMIN)
  await invite(page)
  const first = await api.linkToken(MANAGER.email)
  await page.getByRole('row', { name: /Jonas Weber/ }).click()
  await page.getByRole('button', { name: 'Invite again' }).click()
  await expect(page.getByText('The previous one no longer works.')).toBeVisible()
  await expect.poll(() => api.linkToken(MANAGER.email)).not.toBe(first)
  await page.goto(`/invitation#token=${first}`)
  await page.getByLabel('Password', { exact: true }).fill(MANAGER.password)
  await page.getByRole('button', { name: 'Set password' }).click()
  await expect(page.getByRole('heading', { name: 'This invitation doesn’t work' })).toBeVisible()
})

test('an admin sends a link for a lost password', async ({ page, browser, request, server }) => {
  const api = await setUp(request, server)
  const user = await api.userCreate(MANAGER)
  const invitation = await api.linkToken(MANAGER.email)
  const admin = await otherBrowser(browser, server, ADMIN)
  await admin.goto(`/users?user=${user.id}`)
  await admin.getByRole('button', { name: 'Send reset link' }).click()
  await expect(admin.getByText(`Reset link sent to ${MANAGER.email}`)).toBeVisible()
  await expect.poll(() => api.linkToken(MANAGER.email)).not.toBe(invitation)
  await page.goto(`/reset-password#token=${await api.linkToken(MANAGER.email)}`)
  await page.getByLabel('New password').fill('lantern orbit staple')
  await page.getByRole('button', { name: 'Set password' }).click()
  await expect(page.getByText('Password changed')).toBeVisible()
  await signIn(page, { ...MANAGER, password: 'lantern orbit staple' })
})
