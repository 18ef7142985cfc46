import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { beforeEach, expect, it, vi } from 'vitest'
import { Problem } from '@/api/problem'
import { drafts } from '@/lib/drafts'
import { Field } from './Field'
import { FormNotes } from './FormNotes'
import { Input, Textarea } from './inputs'
import { useEntityForm } from './useEntityForm'

vi.mock('@/api/audit', () => ({ lastChange: () => Promise.resolve('Jonas Weber') }))

interface Note {
  id: string
  version: number
  name: string
  notes: string
}
type Values = Pick<Note, 'name' | 'notes'>

const FIRST: Note = { id: 'n', version: 1, name: 'Aurelia', notes: 'Old' }
const STALE = new Problem({ status: 412, code: 'stale_version', title: 'Changed' })

/** The server: a save on an old version is refused. */
let stored = FIRST
const update = vi.fn((base: Note, values: Values, before: Values): Promise<Note> => {
  if (base.version !== stored.version) return Promise.reject(STALE)
  const patch = Object.fromEntries(Object.entries(values).filter(([field, value]) => value !== before[field as keyof Values]))
  stored = { ...stored, ...patch, version: stored.version + 1 }
  return Promise.resolve(stored)
})

function Form({ note }: { note: Note }) {
  const { form } = useEntityForm<Note, Values>({
    entity: note,
    kind: 'note',
    empty: { name: '', notes: '' },
    valuesOf: ({ name, notes }) => ({ name, notes }),
    check: () => ({}),
    update,
    reload: () => Promise.resolve(stored),
    onDone: () => undefined,
  })
  return (
    <form aria-label="form" onSubmit={form.onSubmit}>
      <FormNotes form={form} />
      <Field label="Name" error={form.errors['name']}>
        <Input {...form.bind('name')} />
      </Field>
      <Field label="Notes" error={form.errors['notes']}>
        <Textarea {...form.bind('notes')} />
      </Field>
    </form>
  )
}

function show(note = FIRST) {
  const client = new QueryClient()
  const page = (shown: Note) => (
    <QueryClientProvider client={client}>
      <Form note={shown} />
    </QueryClientProvider>
  )
  const { rerender, unmount } = render(page(note))
  return { refresh: (newer: Note) => rerender(page(newer)), unmount }
}

const input = (label: string) => screen.getByRole<HTMLInputElement>('textbox', { name: new RegExp(`^${label}`) })
const type = (label: string, value: string) => fireEvent.change(input(label), { target: { value } })
const submit = () => act(async () => fireEvent.submit(screen.getByRole('form')))
const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })))

beforeEach(() => {
  localStorage.clear()
  drafts.forget()
  drafts.belongTo('ada')
  stored = FIRST
  update.mockClear()
})

it('a refresh while editing doesn’t raise the version that the save uses', async () => {
  const { refresh } = show()
  type('Notes', 'Mine')
  stored = { ...FIRST, version: 2, notes: 'Theirs' }
  refresh(stored)
  expect(input('Notes').value).toBe('Mine')
  await submit()
  expect(update.mock.calls[0]?.[0].version).toBe(1)
  expect(stored.notes).toBe('Theirs')
})

it('a refresh without edits shows the newer values', () => {
  const { refresh } = show()
  refresh({ ...FIRST, version: 2, notes: 'Theirs' })
  expect(input('Notes').value).toBe('Theirs')
})

it('changes to different fields are merged and saved', async () => {
  show()
  type('Notes', 'Mine')
  stored = { ...FIRST, version: 2, name: 'Aurelia Partners' }
  await submit()
  expect(stored).toMatchObject({ version: 3, name: 'Aurelia Partners', notes: 'Mine' })
  expect(screen.queryByRole('alert')).toBeNull()
})

it('a conflict says who, which field and both texts, and waits for a choice', async () => {
  show()
  type('Notes', 'Mine')
  stored = { ...FIRST, version: 2, notes: 'Theirs' }
  await submit()
  expect(screen.getByRole('alert').textContent).toContain('Jonas Weber changed this note')
  const notes = screen.getByRole('region', { name: 'Notes' })
  expect(notes.textContent).toContain('Jonas WeberTheirsKeep theirsYouMineKeep yours')
  await submit()
  expect(screen.getByText('Choose which version to keep.')).toBeTruthy()
  expect(stored.notes).toBe('Theirs')
})

it.each([
  ['Keep theirs', 'Theirs'],
  ['Keep yours', 'Mine'],
  ['Keep both', 'Theirs\n\nMine'],
])('%s keeps that', async (choice, notes) => {
  show()
  type('Notes', 'Mine')
  stored = { ...FIRST, version: 2, notes: 'Theirs' }
  await submit()
  await press(choice)
  await submit()
  expect(stored.notes).toBe(notes)
})

it('offers no joining of names', async () => {
  show()
  type('Name', 'Mine')
  stored = { ...FIRST, version: 2, name: 'Theirs' }
  await submit()
  expect(screen.getByRole('button', { name: 'Keep yours' })).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Keep both' })).toBeNull()
})

it('a draft comes back when the form does, and can be discarded', async () => {
  show().unmount()
  const { unmount } = show()
  type('Notes', 'Mine')
  unmount()
  show()
  expect(input('Notes').value).toBe('Mine')
  expect(screen.getByRole('status').textContent).toContain('Your draft')
  await press('Discard draft')
  expect(input('Notes').value).toBe('Old')
  expect(drafts.get('note/n')).toBeNull()
})

it('a draft of an old version meets the changes made since', () => {
  const { unmount } = show()
  type('Notes', 'Mine')
  unmount()
  show({ ...FIRST, version: 2, notes: 'Theirs' })
  expect(input('Notes').value).toBe('Mine')
  expect(screen.getByRole('button', { name: 'Keep theirs' })).toBeTruthy()
})

it('a draft of an undecided conflict asks again', async () => {
  const { unmount } = show()
  type('Notes', 'Mine')
  stored = { ...FIRST, version: 2, notes: 'Theirs' }
  await submit()
  unmount()
  show(stored)
  await submit()
  expect(screen.getByText('Choose which version to keep.')).toBeTruthy()
  expect(stored.notes).toBe('Theirs')
})

it('a saved form leaves no draft', async () => {
  const { unmount } = show()
  type('Notes', 'Mine')
  await submit()
  unmount()
  expect(drafts.get('note/n')).toBeNull()
})
