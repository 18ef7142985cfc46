import { render, screen } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { Combobox } from './Combobox'
import { SidePanel } from './Dialog'
import { Field } from './Field'
import { TagInput } from './inputs'
import { TooltipProvider } from './Tooltip'
import { Row } from './table/Row'

// What assistive technology is told: only attributes that the roles have.

it('a required combobox is a button, which can’t be required', () => {
  render(
    <Field label="Owner" required>
      <Combobox value="" onChange={vi.fn()} options={[]} />
    </Field>,
  )
  expect(screen.getByRole('button', { name: 'Owner' }).getAttribute('aria-required')).toBeNull()
})

it('tags outside of a field have a name', () => {
  render(<TagInput label="Add a label" value={['a']} onChange={vi.fn()} />)
  expect(screen.getByRole('textbox', { name: 'Add a label' })).toBeTruthy()
})

it('a panel has no banner of its own', () => {
  render(
    <TooltipProvider>
      <SidePanel open onClose={vi.fn()} title="Orbit" footer="Save">
        text
      </SidePanel>
    </TooltipProvider>,
  )
  expect(screen.queryByRole('banner')).toBeNull()
  expect(screen.queryByRole('contentinfo')).toBeNull()
})

it('a cell says whether its row is expanded', () => {
  const row = (below: string | null) => (
    <div role="grid">
      <Row
        id="r"
        row="x"
        item={{ index: 0, start: 0, size: 40, end: 40, key: 0, lane: 0 }}
        columns={[{ id: 'a', header: 'A', cell: (text: string) => text }]}
        tracks={{}}
        isPhone={false}
        active={false}
        open={false}
        below={below}
        measure={vi.fn()}
        activate={vi.fn()}
        phone={(text) => text}
      />
    </div>
  )
  const { rerender } = render(row(null))
  expect(screen.getByRole('row').getAttribute('aria-expanded')).toBeNull()
  expect(screen.getByRole('gridcell', { name: 'x' }).getAttribute('aria-expanded')).toBe('false')
  rerender(row('detail'))
  expect(screen.getByRole('gridcell', { name: 'x' }).getAttribute('aria-expanded')).toBe('true')
})
