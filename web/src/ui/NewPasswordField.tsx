import { useEffect, useState } from 'react'
import { PASSWORD_MIN } from '@/api/rules'
import { cx } from '@/lib/cx'
import { passwordStrength, type Strength } from '@/lib/passwordStrength'
import { Field } from './Field'
import { PasswordInput } from './PasswordInput'

const WORDS: Record<Strength, string> = {
  1: 'Very easy to guess',
  2: 'Too easy to guess',
  3: 'Good',
  4: 'Strong',
}
const TONES: Record<Strength, string> = { 1: 'bg-red', 2: 'bg-amber', 3: 'bg-green', 4: 'bg-green' }
const LEVELS: readonly Strength[] = [1, 2, 3, 4]

/** The strength of a password; undefined while it is empty or the estimator is loading. */
function useStrength(password: string, about: string): Strength | undefined {
  const [found, setFound] = useState<{ password: string; strength: Strength }>()
  useEffect(() => {
    if (password === '') return
    let current = true
    passwordStrength(password, [about]).then(
      (strength) => current && setFound({ password, strength }),
      // Without the estimator there is no meter; the server checks the password anyway.
      () => undefined,
    )
    return () => {
      current = false
    }
  }, [password, about])
  return password === '' ? undefined : found?.strength
}

function StrengthMeter({ strength }: { strength: Strength | undefined }) {
  return (
    <div className="mt-1 flex items-center gap-2 text-xs text-ink-3">
      <div
        role="meter"
        aria-label="Strength"
        aria-valuemin={0}
        aria-valuemax={4}
        aria-valuenow={strength ?? 0}
        aria-valuetext={strength ? WORDS[strength] : 'Empty'}
        className="flex flex-1 gap-1"
      >
        {LEVELS.map((level) => (
          <span key={level} className={cx('h-1 flex-1 rounded-full', strength && level <= strength ? TONES[strength] : 'bg-slate-bg')} />
        ))}
      </div>
      <span aria-hidden className="min-w-28 text-right">
        {strength ? WORDS[strength] : ''}
      </span>
    </div>
  )
}

export interface NewPasswordFieldProps {
  label: string
  name?: string
  value: string
  onChange: (password: string) => void
  error?: string
  /** What a guesser knows about the user, such as their name, username and email address. */
  about?: readonly string[]
  autoFocus?: boolean
}

/** A password to be set, with a meter of its strength. */
export function NewPasswordField({ label, name, value, onChange, error, about = [], autoFocus }: NewPasswordFieldProps) {
  const strength = useStrength(value, about.join(' '))
  return (
    <Field label={label} required error={error} hint={`At least ${PASSWORD_MIN} characters. A few words make a good password.`}>
      <PasswordInput name={name} value={value} onChange={onChange} autoComplete="new-password" autoFocus={autoFocus} />
      <StrengthMeter strength={strength} />
    </Field>
  )
}
