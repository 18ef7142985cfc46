/** The language of every word, also of those that `Intl` puts together, such as "in 3 days". */
export const WORDS = 'en'

/** The first of the given locales that exists; English otherwise. A browser may report an invalid one, such as `C` or `en_US`. */
export function firstLocale(wanted: readonly string[]): string {
  for (const one of wanted) {
    try {
      const [known] = Intl.DateTimeFormat.supportedLocalesOf(one)
      if (known) return known
    } catch {
      // Not a language tag.
    }
  }
  return WORDS
}

/** The locale of dates and numbers: the browser's. */
export const LOCALE = firstLocale(typeof navigator === 'undefined' ? [] : [...(navigator.languages ?? []), navigator.language])

/** Dates as the browser's locale writes them. The calendar is the Gregorian one, which date controls and reports use as well. */
export function dateFormat(options: Intl.DateTimeFormatOptions, locale: string = LOCALE): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, { calendar: 'gregory', ...options })
}

/** Numbers as the browser's locale writes them. */
export function numberFormat(options: Intl.NumberFormatOptions = {}, locale: string = LOCALE): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, options)
}
