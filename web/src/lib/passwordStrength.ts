/** How hard a password is to guess: 1 and 2 are refused by the server, 3 is good, 4 is strong. */
export type Strength = 1 | 2 | 3 | 4

/** The decimal logarithm of the number of guesses at which each level above the first begins. The server asks for 2 to the power of 30. */
const FAIR = 6
const GOOD = 9
const STRONG = 12

type Guesses = (password: string, words: string[]) => number

let estimator: Promise<Guesses> | undefined

/** Loads the estimator and its dictionary once, when someone first types a new password. */
function load(): Promise<Guesses> {
  estimator ??= Promise.all([import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common')]).then(
    ([{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }]) => {
      const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs })
      return (password, words) => zxcvbn.check(password, words).guessesLog10
    },
  )
  // A lost connection: the next password tries again.
  estimator.catch(() => (estimator = undefined))
  return estimator
}

/** Estimates a password's strength; `about` holds what a guesser knows about its user, such as their name. */
export async function passwordStrength(password: string, about: readonly string[] = []): Promise<Strength> {
  const guesses = await load()
  const words = about.flatMap((text) => text.split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length > 2)
  const digits = guesses(password, ['steward', ...words])
  if (digits < FAIR) return 1
  if (digits < GOOD) return 2
  return digits < STRONG ? 3 : 4
}
