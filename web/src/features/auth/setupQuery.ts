import { setupGet } from '@/api/auth'
import { keys } from '@/api/keys'

/** Whether Steward is set up, and where passkeys work. */
export const setupQuery = { queryKey: keys.setup, queryFn: setupGet, staleTime: 60_000 }
