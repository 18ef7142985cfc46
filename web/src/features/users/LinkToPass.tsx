import { Copy } from 'lucide-react'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Input } from '@/ui/inputs'
import { toast } from '@/ui/Toast'

async function copy(link: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(link)
    toast.done('Link copied')
  } catch (error) {
    toast.error('Couldn’t copy the link', error)
  }
}

export interface LinkToPassProps {
  label: string
  link: string
  /** The name and the username of the user it is for. */
  name: string
  username: string
}

/** A link that an admin passes on, where Steward sends no mail. It is shown only once. */
export function LinkToPass({ label, link, name, username }: LinkToPassProps) {
  const hint = `Steward can’t send email yet and won’t show this link again. Pass it on to ${name} (username ${username}) privately: whoever has it can set the password.`
  return (
    <Field label={label} required hint={hint}>
      <div className="flex gap-2">
        <span className="min-w-0 flex-1">
          <Input value={link} onChange={() => undefined} onFocus={(event) => event.target.select()} readOnly />
        </span>
        <Button icon={Copy} className="h-9" onClick={() => void copy(link)}>
          Copy
        </Button>
      </div>
    </Field>
  )
}
