import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { exportList } from '@/api/exports'
import { keys } from '@/api/keys'
import { Problem } from '@/api/problem'
import { saveFile } from '@/lib/saveFile'
import { Toasts } from '@/ui/Toast'
import { TooltipProvider } from '@/ui/Tooltip'
import { ExportButton } from './ExportButton'

vi.mock('@/api/exports')
vi.mock('@/lib/saveFile')

afterEach(() => vi.clearAllMocks())

function show(permissions: string[]) {
  const client = new QueryClient()
  client.setQueryData(keys.me, { permissions })
  return render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <ExportButton path="/api/exports/users" filters={{ status: 'active' }} name="users" action="user_export" />
        <Toasts />
      </TooltipProvider>
    </QueryClientProvider>,
  )
}

it('shows progress, saves the file and confirms it', async () => {
  let finish = () => {}
  vi.mocked(exportList).mockImplementation((_path, _filters, onRows) => {
    onRows(1500)
    return new Promise((resolve) => (finish = () => resolve({ parts: [new Blob(['a'])], rows: 1501 })))
  })
  show(['user_export'])
  await userEvent.click(screen.getByRole('button', { name: 'Export CSV' }))
  expect(exportList).toHaveBeenCalledWith('/api/exports/users', { status: 'active' }, expect.any(Function), expect.any(AbortSignal))
  expect(screen.getByRole('status').textContent).toBe('1,500 rows…')
  finish()
  expect(await screen.findByText(/^users-\d{4}-\d\d-\d\d\.csv saved$/)).toBeTruthy()
  expect(screen.getByText('1,501 rows')).toBeTruthy()
  expect(vi.mocked(saveFile).mock.calls[0]?.[0]).toMatch(/^users-.*\.csv$/)
})

it('is cancelled silently, also by leaving the page', async () => {
  const signals: AbortSignal[] = []
  vi.mocked(exportList).mockImplementation((_path, _filters, _onRows, signal) => {
    signals.push(signal)
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
  })
  const { unmount } = show(['user_export'])
  await userEvent.click(screen.getByRole('button', { name: 'Export CSV' }))
  await userEvent.click(screen.getByRole('button', { name: 'Cancel the export' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Export CSV' }))
  unmount()
  expect(signals.map((signal) => signal.aborted)).toEqual([true, true])
  expect(saveFile).not.toHaveBeenCalled()
  expect(screen.queryByRole('alert')).toBeNull()
})

it('explains failures and is hidden without permission', async () => {
  vi.mocked(exportList).mockRejectedValue(new Problem({ status: 503, code: 'unavailable', title: 'Not now' }))
  const { unmount } = show(['user_export'])
  await userEvent.click(screen.getByRole('button', { name: 'Export CSV' }))
  expect((await screen.findByRole('alert')).textContent).toContain('Export failed')
  unmount()
  show([])
  expect(screen.queryByRole('button', { name: 'Export CSV' })).toBeNull()
})
