/** "37.3%" for the fraction `0.373363`, which stays a string. */
export function formatRate(rate: string): string {
  const format = new Intl.NumberFormat('en', { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 })
  return format.format(rate as `${number}`)
}

/** "1.37×" for the multiple `1.3700`. */
export function formatMultiple(multiple: string): string {
  const format = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  return `${format.format(multiple as `${number}`)}×`
}
