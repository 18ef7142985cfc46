import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { expect, it } from 'vitest'
import { AmountField } from './AmountField'

function Form() {
  const [value, setValue] = useState('')
  return <AmountField label="Committed" currency="USD" name="amount" value={value} onChange={setValue} error={undefined} />
}

const question = () => screen.queryByRole('group', { name: 'Which amount do you mean?' })

it('asks which amount is meant once the field is left', async () => {
  const user = userEvent.setup()
  render(<Form />)
  const input = screen.getByLabelText('Committed')
  await user.type(input, '1.500')
  expect(question()).toBeNull()
  await user.tab()
  expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual(['US$1,500.00', 'US$1.50'])
  await user.click(screen.getByRole('button', { name: 'US$1,500.00' }))
  expect((input as HTMLInputElement).value).toBe('1,500.00')
  expect(question()).toBeNull()
})

it('shows how the amount is read', async () => {
  render(<Form />)
  await userEvent.setup().type(screen.getByLabelText('Committed'), '1250000')
  expect(screen.getByText('US$1,250,000.00')).toBeTruthy()
})
