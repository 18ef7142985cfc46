import { Outlet } from '@tanstack/react-router'
import { useEffect } from 'react'
import { listenForShortcuts } from '@/lib/shortcuts'
import { Questions } from '@/ui/Ask'
import { Toasts } from '@/ui/Toast'
import { TooltipProvider } from '@/ui/Tooltip'

export function RootLayout() {
  useEffect(() => listenForShortcuts(), [])
  return (
    <TooltipProvider>
      <Outlet />
      <Questions />
      <Toasts />
    </TooltipProvider>
  )
}
