import type { Duplicate, DuplicateQuery } from '@/api/types'
import { DUPLICATE_REASONS } from '@/api/words'
import { emailMistake, nameMistake } from '@/api/rules'

/** Such as "same name, same phone number". */
export function reasonWords(reasons: Duplicate['reasons']): string {
  return reasons.map((reason) => DUPLICATE_REASONS[reason]).join(', ')
}

/** The duplicate query for the current input; null while the name is too short. */
export function likelyQuery({
  name,
  email,
  phone,
  external_key: key,
}: {
  name: string
  email: string
  phone: string
  external_key: string
}): DuplicateQuery | null {
  const trimmed = name.trim()
  if (trimmed.length < 3 || nameMistake(trimmed)) return null
  const query: DuplicateQuery = { name: trimmed }
  if (email.trim() !== '' && !emailMistake(email)) query.email = email.trim()
  // An incomplete phone number would be refused.
  if (phone.replace(/\D/g, '').length >= 8) query.phone = phone.trim()
  if (key.trim() !== '') query.external_key = key.trim()
  return query
}
