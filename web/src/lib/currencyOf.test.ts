import { expect, it } from 'vitest'
import { likelyCurrency } from './currencyOf'

it.each([
  ['EUR', 'US', 'EUR'],
  [undefined, 'CH', 'CHF'],
  [undefined, 'HR', 'EUR'],
  [undefined, 'JP', 'JPY'],
  [undefined, 'XX', ''],
  [undefined, null, ''],
])('an investor with investments in %s from %s invests in %j', (latest, country, expected) =>
  expect(likelyCurrency(latest, country)).toBe(expected),
)
