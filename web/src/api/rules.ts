// The server's limits, checked before sending for immediate feedback. The server checks again.

export const PASSWORD_MIN = 12
export const PASSWORD_MAX = 128

export function passwordMistake(password: string): string | undefined {
  const length = [...password].length
  if (length < PASSWORD_MIN) return `Use at least ${PASSWORD_MIN} characters.`
  if (length > PASSWORD_MAX) return `Use at most ${PASSWORD_MAX} characters.`
  return undefined
}

export function usernameMistake(username: string): string | undefined {
  if (/^[a-z0-9._-]{3,40}$/i.test(username.trim())) return undefined
  return 'Use 3 to 40 letters, digits, dots, dashes or underscores.'
}

/** Catches typos only; a form can't tell whether an address exists. */
export function emailMistake(email: string): string | undefined {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim()) ? undefined : 'Enter an email address like name@example.com.'
}

export const NAME_MAX = 200

export function nameMistake(name: string): string | undefined {
  return name.trim() === '' ? 'Enter a name.' : undefined
}
