import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { documentList } from '@/api/documents'
import { keys } from '@/api/keys'
import type { Investment } from '@/api/types'
import { TooltipProvider } from '@/ui/Tooltip'
import { InvestmentDocuments } from './InvestmentDocuments'

vi.mock('@/api/documents')

async function show(permissions: string[], deleted: boolean) {
  vi.mocked(documentList).mockResolvedValue({ items: [], next_cursor: null })
  const client = new QueryClient()
  client.setQueryData(keys.me, { id: 'u', permissions })
  const { unmount } = render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <InvestmentDocuments investment={{ id: 'v', investor_id: 'i' } as Investment} deleted={deleted} />
      </TooltipProvider>
    </QueryClientProvider>,
  )
  expect(await screen.findByText(/^(Upload files|None yet\.)$/)).toBeTruthy()
  const uploads = Boolean(screen.queryByText('Upload files'))
  unmount()
  return uploads
}

it('accepts files from writers, except for deleted investors', async () => {
  expect(await show(['document_read', 'document_write'], false)).toBe(true)
  expect(await show(['document_read', 'document_write'], true)).toBe(false)
  expect(await show(['document_read'], false)).toBe(false)
})
