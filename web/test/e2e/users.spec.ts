import { expect, test } from '@playwright/test'
import { fakeApi, me } from '../fake-api'

// Where Steward sends no mail, the admin passes links on.

const rita = {
  ...me,
  id: '0199f000-0000-7000-8000-000000000031',
  version: 1,
  username: 'rita',
  name: 'Rita Moss',
  email: 'rita@steward.example',
  roles: ['analyst'],
  status: 'invited',
  invited_at: new Date().toISOString(),
}
const link = (token: string) => `http://127.0.0.1/invitation#token=${token}`

test('without mail, the link of an invitation is shown once', async ({ page }) => {
  await fakeApi(page, {
    'POST /api/users': () => ({ status: 201, body: { ...rita, invitation_link: link('first') } }),
    [`GET /api/users/${rita.id}`]: () => ({ body: rita }),
    [`POST /api/users/${rita.id}/invitation`]: () => ({ body: { link: link('second') } }),
  })
  await page.goto('/users?create=true')
  const dialog = page.getByRole('dialog', { name: 'New user' })
  await dialog.getByLabel('Name', { exact: true }).fill(rita.name)
  await dialog.getByLabel('Username').fill(rita.username)
  await dialog.getByLabel('Email').fill(rita.email)
  await dialog.getByRole('checkbox', { name: /^Analyst/ }).check()
  await dialog.getByRole('button', { name: 'Create and invite' }).click()
  const shown = page.getByRole('dialog', { name: 'Rita Moss is invited' })
  await expect(shown.getByLabel('Invitation link')).toHaveValue(link('first'))
  await expect(shown).toContainText('username rita')
  await shown.getByRole('button', { name: 'Done' }).click()
  await page.goto(`/users?user=${rita.id}`)
  const panel = page.getByRole('dialog', { name: rita.name })
  await expect(panel.getByLabel('Invitation link')).toHaveCount(0)
  await panel.getByRole('button', { name: 'Invite again' }).click()
  await expect(panel.getByLabel('Invitation link')).toHaveValue(link('second'))
})
