// Without letters and digits that are taken for each other when a password is read out or typed from paper.
const LETTERS = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const GROUPS = 4
const GROUP_LENGTH = 5
/** Bytes at or above it would make some letters likelier than others. */
const FAIR = 256 - (256 % LETTERS.length)

function fairByte(): number {
  const byte = new Uint8Array(1)
  do crypto.getRandomValues(byte)
  while ((byte[0] ?? FAIR) >= FAIR)
  return byte[0] ?? 0
}

/** A password of four groups, 115 bits: `x7Kmq-9TfWa-hP3vZ-Rc4ny`. */
export function generatePassword(): string {
  const group = () => Array.from({ length: GROUP_LENGTH }, () => LETTERS[fairByte() % LETTERS.length]).join('')
  return Array.from({ length: GROUPS }, group).join('-')
}
