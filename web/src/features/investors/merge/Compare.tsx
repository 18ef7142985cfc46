import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { keys } from '@/api/keys'
import { mergeCreate } from '@/api/merges'
import { asProblem } from '@/api/problem'
import type { Investor } from '@/api/types'
import { newId } from '@/lib/id'
import { useUsers } from '@/session/useUsers'
import { Button } from '@/ui/Button'
import { FormActions } from '@/ui/FormActions'
import { FormError } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useStored } from '../useStored'
import { FIELD_NAMES, changesOf, conflicts, gained, shown, taking, type ChosenField } from './choice'

interface CompareProps {
  stays: Investor
  goes: Investor
  onDone: () => void
  onBack: () => void
}

function Pick({
  field,
  stays,
  goes,
  taken,
  onTake,
}: {
  field: ChosenField
  stays: Investor
  goes: Investor
  taken: boolean
  onTake: (taken: boolean) => void
}) {
  const { users } = useUsers()
  const nameOf = (id: string) => users.find((user) => user.id === id)?.name
  const option = (investor: Investor, checked: boolean, onChoose: () => void) => (
    <label className="flex min-h-9 min-w-0 cursor-pointer items-center gap-2 rounded-md px-2 hover:bg-hover max-md:min-h-11">
      <input type="radio" name={field} checked={checked} onChange={onChoose} className="size-4 shrink-0 accent-(--accent)" />
      <span className="min-w-0 flex-1 break-words">{shown(investor, field, nameOf)}</span>
      <span className="text-xs text-ink-3 md:hidden">{investor.id === stays.id ? 'stays' : 'goes'}</span>
    </label>
  )
  return (
    <fieldset className="border-t border-line py-2">
      <legend className="float-left pb-1 text-xs text-ink-3">{FIELD_NAMES[field]}</legend>
      <div className="clear-both grid gap-1 md:grid-cols-2">
        {option(stays, !taken, () => onTake(false))}
        {option(goes, taken, () => onTake(true))}
      </div>
    </fieldset>
  )
}

/** The effects of the merge other than the choices. */
function Consequences({ stays, goes }: { stays: Investor; goes: Investor }) {
  const { users } = useUsers()
  const nameOf = (id: string) => users.find((user) => user.id === id)?.name
  const tags = goes.tags.filter((tag) => !stays.tags.includes(tag))
  const taken = gained(stays, goes)
  return (
    <ul className="flex list-disc flex-col gap-1 pl-5 text-ink-2">
      {taken.map((field) => (
        <li key={field}>
          {FIELD_NAMES[field]} is copied: {shown(goes, field, nameOf)}
        </li>
      ))}
      {tags.length > 0 && <li>Added tags: {tags.join(', ')}</li>}
      {goes.notes && <li>{stays.notes ? 'Its notes are appended.' : 'Its notes are copied.'}</li>}
      <li>Its activities, investments, documents, reminders and history move here. Links to it redirect here.</li>
      <li className="font-medium text-ink">This can’t be undone.</li>
    </ul>
  )
}

/** The two investors side by side: conflicting fields are chosen by the user, everything else follows. */
export function Compare({ stays, goes, onDone, onBack }: CompareProps) {
  const client = useQueryClient()
  const stored = useStored()
  const [taken, setTaken] = useState<ReadonlySet<ChosenField>>(() => taking(stays, goes))
  const [key] = useState(newId)
  const differing = conflicts(stays, goes)
  const merge = useMutation({
    mutationFn: () => mergeCreate(stays, { absorbed_id: goes.id, absorbed_version: goes.version, changes: changesOf(goes, taken) }, key),
    onSuccess: (merged) => {
      stored(merged)
      client.removeQueries({ queryKey: keys.investors.one(goes.id) })
      void client.invalidateQueries({ queryKey: keys.investors.duplicates(merged.id) })
      void client.invalidateQueries({ queryKey: keys.investors.merges(merged.id) })
      toast.done(`${goes.name} merged into ${merged.name}`)
      onDone()
    },
    onError: (error) => {
      // One of the two has changed: reload what is compared.
      if (asProblem(error).status !== 412) return
      void client.invalidateQueries({ queryKey: keys.investors.one(stays.id) })
      void client.invalidateQueries({ queryKey: keys.investors.one(goes.id) })
    },
  })
  const take = (field: ChosenField, on: boolean) => {
    const next = new Set(taken)
    if (on) next.add(field)
    else next.delete(field)
    setTaken(next)
  }
  return (
    <div className="flex flex-col gap-4">
      {merge.isError && <FormError error={merge.error} />}
      {differing.length > 0 ? (
        <div>
          <div className="grid gap-1 pb-2 font-medium max-md:hidden md:grid-cols-2">
            <span className="truncate px-2">
              {stays.name} <span className="font-normal text-ink-3">is kept</span>
            </span>
            <span className="truncate px-2">
              {goes.name} <span className="font-normal text-ink-3">is merged</span>
            </span>
          </div>
          {differing.map((field) => (
            <Pick key={field} field={field} stays={stays} goes={goes} taken={taken.has(field)} onTake={(on) => take(field, on)} />
          ))}
        </div>
      ) : (
        <p className="text-ink-2">{goes.name} has no conflicting values, so there is nothing to choose.</p>
      )}
      <Consequences stays={stays} goes={goes} />
      <FormActions>
        <Button variant="quiet" onClick={onBack}>
          Back
        </Button>
        <Button variant="primary" busy={merge.isPending} onClick={() => merge.mutate()}>
          Merge investors
        </Button>
      </FormActions>
    </div>
  )
}
