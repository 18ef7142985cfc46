import { useQuery } from '@tanstack/react-query'
import { tokenForgotten } from '@/api/token'
import { passkeyObstacle } from '@/api/webauthn'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { TooltipProvider } from '@/ui/Tooltip'
import { OverPage } from './AuthFrame'
import { SignIn } from './LoginPage'
import { setupQuery } from './setupQuery'

/** All ways of signing in, over the page on which the session ended. It closes when there is a session again. */
export default function SignInDialog({ username }: { username: string }) {
  const setup = useQuery(setupQuery)
  const passkeys = passkeyObstacle(setup.data?.passkey_origin) === null
  return (
    <TooltipProvider>
      <Dialog
        open
        lasting
        onClose={() => undefined}
        title="Sign in to continue"
        description="Your session has ended. What you typed is still here."
        size="small"
        footer={
          <Button variant="quiet" onClick={tokenForgotten}>
            Sign out instead
          </Button>
        }
      >
        <OverPage value>
          <SignIn username={username} again passkeys={passkeys} onEnter={() => undefined} />
        </OverPage>
      </Dialog>
    </TooltipProvider>
  )
}
