import { useState } from 'react'
import { parseAmount } from '@/lib/amount'
import { decimalsOf } from '@/lib/currencies'
import { amountText, formatMoney } from '@/lib/money'
import { Button } from './Button'
import { Field } from './Field'
import { Input } from './inputs'

interface AmountFieldProps {
  label: string
  /** Code of the amount's currency. */
  currency: string
  name: string
  value: string
  onChange: (value: string) => void
  error: string | undefined
}

/** A typed amount: shows how it is read, and asks which amount is meant if the text has several readings. */
export function AmountField({ label, currency, error, ...control }: AmountFieldProps) {
  const [left, setLeft] = useState(false)
  const parsed = parseAmount(control.value, decimalsOf(currency))
  const readings = 'readings' in parsed ? parsed.readings : undefined
  // Not while typing: "1.500" may become "1.500.000".
  const asked = readings && (left || error !== undefined) ? readings : []
  const doubt = asked.length > 0 && 'mistake' in parsed ? parsed.mistake : undefined
  const known = currency !== '' && 'amount' in parsed
  return (
    <div className="flex flex-col gap-1">
      <Field label={label} required error={error ?? doubt} hint={known ? formatMoney({ amount: parsed.amount, currency }) : undefined}>
        <Input
          {...control}
          inputMode="decimal"
          placeholder={amountText('1250000.00')}
          autoComplete="off"
          className="tabular"
          onFocus={() => setLeft(false)}
          onBlur={() => setLeft(true)}
        />
      </Field>
      {asked.length > 0 && (
        <div role="group" aria-label="Which amount do you mean?" className="flex flex-wrap gap-2">
          {asked.map((amount) => (
            <Button key={amount} onClick={() => control.onChange(amountText(amount))}>
              {currency === '' ? amountText(amount) : formatMoney({ amount, currency })}
            </Button>
          ))}
        </div>
      )}
    </div>
  )
}
