import { notifyManager } from '@tanstack/react-query'
import { cleanup, configure } from '@testing-library/react'
import { afterEach } from 'vitest'

// A busy machine may take its time.
configure({ asyncUtilTimeout: 10_000 })

// As in the app: what is put into the cache is shown without waiting for a timer.
notifyManager.setScheduler(queueMicrotask)

afterEach(() => {
  cleanup()
  localStorage.clear()
})
