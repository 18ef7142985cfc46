import { cx } from '@/lib/cx'
import { WORDS } from '@/lib/locale'

/** Words after a name that tell nobody apart: legal forms, generations and numbers of funds. */
const AFTER_A_NAME = /^(?:[IVX]+|\d+|jr|sr|ltd|llc|llp|lp|plc|inc|corp|co|gmbh|ag|kg|sa|sarl|bv|nv|ab|as|oy|pty|spa|srl|fund)\.?$/iu

const TINTS = [
  'bg-slate-bg text-slate',
  'bg-blue-bg text-blue',
  'bg-green-bg text-green',
  'bg-amber-bg text-amber',
  'bg-violet-bg text-violet',
  'bg-bronze-bg text-bronze',
]

const graphemes = new Intl.Segmenter(WORDS, { granularity: 'grapheme' })

/** One sign, also for a letter with marks or a flag of two code points; "ß" has no upper case of one letter and stays. */
function firstSign(word: string): string {
  const [first] = graphemes.segment(word)
  const sign = first?.segment ?? ''
  const upper = sign.toUpperCase()
  return [...upper].length > [...sign].length ? sign : upper
}

/** The first signs of the first and the last word of a name, as people have it: without what is in brackets, "&" or "Fund II". */
export function initials(name: string): string {
  const words = (text: string) =>
    text.split(/[\s,;/]+/u).flatMap((word) => word.replace(/^[^\p{L}\p{N}\p{Extended_Pictographic}]+/u, '') || [])
  const all = words(name.replaceAll(/\([^)]*\)?/gu, ' '))
  const own = all.filter((word, index) => index === 0 || !AFTER_A_NAME.test(word))
  const [first = '', ...rest] = own.length > 0 ? own : words(name)
  return firstSign(first) + firstSign(rest.at(-1) ?? '') || '?'
}

/** A person's initials; always next to the name, so hidden from screen readers. */
export function Avatar({ name, size = 'medium' }: { name: string; size?: 'small' | 'medium' | 'large' }) {
  let sum = 0
  for (const character of name.normalize('NFC')) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  const box = { small: 'size-5 text-[10px]', medium: 'size-7 text-xs', large: 'size-11 text-base' }[size]
  return (
    <span className={cx('inline-grid shrink-0 place-items-center rounded-full font-semibold', box, TINTS[sum % TINTS.length])} aria-hidden>
      {initials(name)}
    </span>
  )
}
