import { Copy, RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { PASSWORD_MIN } from '@/api/rules'
import { Button, IconButton } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { PasswordInput } from '@/ui/PasswordInput'
import { toast } from '@/ui/Toast'
import { generatePassword } from './generatePassword'

export interface NewPasswordProps {
  label: string
  value: string
  onChange: (password: string) => void
  error?: string
}

async function copy(password: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(password)
    toast.done('Password copied')
  } catch (error) {
    toast.error('Couldn’t copy the password', error)
  }
}

/** A password an admin sets for another user: typed, or generated and then shown. */
export function NewPassword({ label, value, onChange, error }: NewPasswordProps) {
  const [made, setMade] = useState('')
  const generate = () => {
    const password = generatePassword()
    setMade(password)
    onChange(password)
  }
  const hint =
    made !== '' && made === value ? 'Copy it now; it won’t be shown again. Don’t send it by email.' : `At least ${PASSWORD_MIN} characters.`
  return (
    <Field label={label} required error={error} hint={hint}>
      <div className="flex flex-wrap gap-2">
        <span className="min-w-60 flex-1">
          <PasswordInput key={made} startShown={made !== ''} value={value} onChange={onChange} autoComplete="new-password" />
        </span>
        <IconButton
          icon={Copy}
          label="Copy password"
          className="mt-0.5 max-md:mt-0"
          disabled={value === ''}
          onClick={() => void copy(value)}
        />
        <Button icon={RefreshCw} className="h-9" onClick={generate}>
          Generate
        </Button>
      </div>
    </Field>
  )
}
