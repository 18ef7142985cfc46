/** "$1,250,000.00": exact, because the digits go through as text and never through a floating-point number. */
export function formatMoney({ amount, currency }: { amount: string; currency: string }): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount as `${number}`)
}
