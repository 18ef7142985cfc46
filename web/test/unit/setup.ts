import { cleanup, configure } from '@testing-library/react'
import { afterEach } from 'vitest'

// Allows for a busy machine.
configure({ asyncUtilTimeout: 10_000 })

afterEach(() => {
  cleanup()
  localStorage.clear()
})
