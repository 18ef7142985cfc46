import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from './Button'
import { Input, type InputProps } from './inputs'

export function PasswordInput(props: Omit<InputProps, 'type'>) {
  const [shown, setShown] = useState(false)
  return (
    <span className="relative block">
      <Input {...props} type={shown ? 'text' : 'password'} className="pr-11" autoCapitalize="none" spellCheck={false} />
      <span className="absolute inset-y-0 right-0.5 flex items-center">
        <IconButton
          icon={shown ? EyeOff : Eye}
          label={shown ? 'Hide the password' : 'Show the password'}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        />
      </span>
    </span>
  )
}
