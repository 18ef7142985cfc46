/** "$1,250,000.00": exact, because the digits go through as text and never through a floating-point number. */
export function formatMoney({ amount, currency }: { amount: string; currency: string }): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount as `${number}`)
}

/** "$1.3M": for places where the exact amount would not fit; show that one beside it. */
export function compactMoney({ amount, currency }: { amount: string; currency: string }): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency, notation: 'compact', maximumFractionDigits: 1 }).format(amount as `${number}`)
}

/** An amount as the length of a bar, where the last digits do not matter. */
export function moneyShare({ amount }: { amount: string }): number {
  return Number(amount)
}
