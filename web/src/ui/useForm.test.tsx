import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { Problem } from '@/api/problem'
import { Field } from './Field'
import { Input } from './inputs'
import { FormError } from './states'
import { useForm } from './useForm'

function Form({ send }: { send: (values: { email: string }, key: string) => Promise<unknown> }) {
  const form = useForm({
    initial: { email: '' },
    draft: null,
    check: ({ email }) => ({ email: email === '' ? 'Enter it.' : undefined }),
    send,
    onDone: () => undefined,
  })
  return (
    <form aria-label="form" onSubmit={form.onSubmit}>
      {form.problem && <FormError error={form.problem} />}
      <Field label="Email" required error={form.errors['email']}>
        <Input {...form.bind('email')} />
      </Field>
    </form>
  )
}

function show(send: (values: { email: string }, key: string) => Promise<unknown>) {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Form send={send} />
    </QueryClientProvider>,
  )
}

async function submit(email: string) {
  fireEvent.change(screen.getByLabelText('Email'), { target: { value: email } })
  await act(async () => fireEvent.submit(screen.getByRole('form')))
}

it('does not send invalid values and focuses the field', async () => {
  const send = vi.fn()
  show(send)
  await submit('')
  expect(send).not.toHaveBeenCalled()
  const input = screen.getByLabelText('Email')
  expect(input.getAttribute('aria-invalid')).toBe('true')
  expect(screen.getByText('Enter it.').id).toBe(input.getAttribute('aria-describedby'))
  await waitFor(() => expect(document.activeElement).toBe(input))
})

it('shows the server’s field errors at the fields', async () => {
  const errors = [{ field: 'email', code: 'email_taken', message: 'Is taken.' }]
  show(() => Promise.reject(new Problem({ status: 409, code: 'email_taken', title: 'Taken', errors })))
  await submit('a@b.c')
  expect(screen.getByText('Is taken.')).toBeTruthy()
  expect(screen.queryByRole('alert')).toBeNull()
})

it('shows any other refusal above the form', async () => {
  show(() => Promise.reject(new Problem({ status: 500, code: 'internal', title: 'Broke', requestId: 'r7' })))
  await submit('a@b.c')
  expect(screen.getByRole('alert').textContent).toContain('r7')
})

it('keeps the idempotency key while values stay the same', async () => {
  const keys: string[] = []
  show((_values, key) => Promise.reject(new Error(String(keys.push(key)))))
  await submit('a@b.c')
  await submit('a@b.c')
  await submit('x@b.c')
  expect(keys[0]).toBe(keys[1])
  expect(keys[2]).not.toBe(keys[0])
})
