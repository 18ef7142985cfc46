const WORDS = [
  { from: 60, word: 'Strong' },
  { from: 20, word: 'Warm' },
  { from: 0, word: 'Cold' },
] as const

/** A word for an engagement score from 0 to 100. */
export function engagementWord(score: number): 'Strong' | 'Warm' | 'Cold' {
  return WORDS.find(({ from }) => score >= from)?.word ?? 'Cold'
}

/** Explains the score; the formula is the API's. */
export const ENGAGEMENT_MEANING =
  '0 to 100. A meeting counts 5, a call 3, an email 2, an update 1; each counts half after 30 days. Warm from 20, strong from 60.'
