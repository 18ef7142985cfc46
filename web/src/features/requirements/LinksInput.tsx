import { Plus, X } from 'lucide-react'
import { useId } from 'react'
import { LINK_KINDS, options } from '@/api/words'
import { Button, IconButton } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Select, type Option } from '@/ui/inputs'
import type { LinkValue } from './values'

const MOST = 20

interface LinksInputProps {
  value: readonly LinkValue[]
  onChange: (links: LinkValue[]) => void
  /** The requirements that can be linked. */
  choices: readonly Option[]
  loading: boolean
  error?: string
}

/** Edits a requirement's links. A changed link is recreated against the current version of its target. */
export function LinksInput({ value, onChange, choices, loading, error }: LinksInputProps) {
  const labelId = useId()
  const change = (place: number, link: LinkValue) =>
    onChange(value.map((one, at) => (at === place ? { requirement_id: link.requirement_id, kind: link.kind } : one)))
  return (
    <div role="group" aria-labelledby={labelId} className="flex flex-col gap-1">
      <p className="flex items-baseline justify-between font-medium text-ink-2">
        <span id={labelId}>Links</span>
        <span className="text-xs font-normal text-ink-3">Optional</span>
      </p>
      <ul className="flex flex-col gap-2">
        {value.map((link, place) => (
          <li key={place} className="grid grid-cols-[150px_minmax(0,1fr)_auto] items-center gap-2 max-md:grid-cols-[minmax(0,1fr)_auto]">
            <Select
              aria-label={`Type of link ${place + 1}`}
              className="max-md:col-span-2"
              value={link.kind}
              onChange={(kind) => change(place, { ...link, kind })}
              options={options(LINK_KINDS)}
            />
            <Combobox
              value={link.requirement_id}
              onChange={(id) => change(place, { ...link, requirement_id: id })}
              options={choices}
              loading={loading}
              placeholder="Choose a requirement"
            />
            <IconButton icon={X} label={`Remove link ${place + 1}`} onClick={() => onChange(value.toSpliced(place, 1))} />
          </li>
        ))}
      </ul>
      {value.length < MOST && (
        <Button
          variant="quiet"
          icon={Plus}
          className="self-start"
          onClick={() => onChange([...value, { requirement_id: '', kind: 'relates_to' }])}
        >
          Add link
        </Button>
      )}
      {error && (
        <p role="alert" className="text-xs text-red">
          {error}
        </p>
      )}
    </div>
  )
}
