import { renderHook } from '@testing-library/react'
import { expect, it } from 'vitest'
import { usePageTitle, useTitlePart } from './title'

it('names the page and what is open in it, innermost first', () => {
  const shown = renderHook(
    ({ tab, open }: { tab?: string; open?: string }) => {
      usePageTitle('Products', 'Orbit')
      useTitlePart(tab)
      useTitlePart(open)
    },
    { initialProps: { tab: 'Board' } as { tab?: string; open?: string } },
  )
  expect(document.title).toBe('Board · Orbit · Products · Steward')
  shown.rerender({ tab: 'Board', open: 'ORB-T1 Weld the frame' })
  expect(document.title).toBe('ORB-T1 Weld the frame · Board · Orbit · Products · Steward')
  shown.rerender({ tab: 'Board' })
  expect(document.title).toBe('Board · Orbit · Products · Steward')
})
