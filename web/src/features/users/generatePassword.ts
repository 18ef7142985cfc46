// Without letters and digits that are easily confused when a password is read aloud or copied from paper.
const LETTERS = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const GROUPS = 4
const GROUP_LENGTH = 5
/** Bytes at or above this limit would make some characters more likely than others. */
const FAIR = 256 - (256 % LETTERS.length)

function fairByte(): number {
  const byte = new Uint8Array(1)
  do crypto.getRandomValues(byte)
  while ((byte[0] ?? FAIR) >= FAIR)
  return byte[0] ?? 0
}

/** A password of four groups, with 115 bits of entropy: `x7Kmq-9TfWa-hP3vZ-Rc4ny`. */
export function generatePassword(): string {
  const group = () => Array.from({ length: GROUP_LENGTH }, () => LETTERS[fairByte() % LETTERS.length]).join('')
  return Array.from({ length: GROUPS }, group).join('-')
}
