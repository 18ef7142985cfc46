import { notifyManager } from '@tanstack/react-query'
import { cleanup, configure } from '@testing-library/react'
import { afterEach } from 'vitest'

// Before the app is imported: the browser's locale, which dates and numbers follow.
Object.defineProperty(navigator, 'languages', { value: ['en-GB'], configurable: true })

// Allows for a busy machine.
configure({ asyncUtilTimeout: 10_000 })

// As in the app: cache updates are rendered without waiting for a timer.
notifyManager.setScheduler(queueMicrotask)

afterEach(() => {
  cleanup()
  localStorage.clear()
})
