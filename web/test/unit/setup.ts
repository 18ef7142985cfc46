import { notifyManager } from '@tanstack/react-query'
import { cleanup, configure } from '@testing-library/react'
import { afterEach } from 'vitest'

// Allows for a busy machine.
configure({ asyncUtilTimeout: 10_000 })

// As in the app: cache updates are rendered without waiting for a timer.
notifyManager.setScheduler(queueMicrotask)

afterEach(() => {
  cleanup()
  localStorage.clear()
})
