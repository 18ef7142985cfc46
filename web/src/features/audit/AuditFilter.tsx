import { useState, type FormEvent } from 'react'
import { options } from '@/api/words'
import { useUsers } from '@/session/useUsers'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Field } from '@/ui/Field'
import { Input, Select } from '@/ui/inputs'
import type { AuditSearch } from './routes'
import { ENTITY_TYPES, type EntityType } from './words'

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i

interface Draft {
  entityType: EntityType | ''
  entityId: string
  actorId: string
  from: string
  to: string
}

const draftOf = (search: AuditSearch): Draft => ({
  entityType: search.entity_type ?? '',
  entityId: search.entity_id ?? '',
  actorId: search.actor_id ?? '',
  from: search.from ?? '',
  to: search.to ?? '',
})

export interface AuditFilterProps {
  search: AuditSearch
  onChange: (search: AuditSearch) => void
}

/** The search form of the audit trail. */
export function AuditFilter({ search, onChange }: AuditFilterProps) {
  const [draft, setDraft] = useState(() => draftOf(search))
  const [mistake, setMistake] = useState<string>()
  const people = useUsers()
  const users = people.users.map((user) => ({ value: user.id, label: user.name, note: user.username }))
  const set = (changes: Partial<Draft>) => {
    setDraft((now) => ({ ...now, ...changes }))
    setMistake(undefined)
  }
  const apply = (event: FormEvent) => {
    event.preventDefault()
    const id = draft.entityId.trim().toLowerCase()
    if (draft.entityType !== '' && id === '') return setMistake(draft.entityType === 'user' ? 'Choose a user.' : 'Enter an ID.')
    if (draft.entityType !== '' && !['login', 'security'].includes(draft.entityType) && !UUID.test(id))
      return setMistake('This isn’t a valid ID.')
    if (draft.from && draft.to && draft.from > draft.to) return setMistake('The first day must not be after the last.')
    const entity = draft.entityType === '' ? {} : { entity_type: draft.entityType, entity_id: id }
    onChange({ ...entity, actor_id: draft.actorId || undefined, from: draft.from || undefined, to: draft.to || undefined })
  }
  return (
    <form noValidate onSubmit={apply} className="flex flex-col gap-3 md:grid md:grid-cols-2">
      <Field label="Actor" className="md:col-span-2">
        <Combobox
          value={draft.actorId}
          onChange={(actorId) => set({ actorId })}
          options={users}
          loading={people.loading}
          placeholder="Anyone"
          clearLabel="Anyone"
        />
      </Field>
      <Field label="Entity type">
        <Select
          value={draft.entityType}
          onChange={(entityType) => set({ entityType, entityId: entityType === 'login' ? 'unknown' : '' })}
          options={options(ENTITY_TYPES)}
          placeholder="Anything"
        />
      </Field>
      {draft.entityType === 'user' ? (
        <Field label="User" required error={mistake}>
          <Combobox
            value={draft.entityId}
            onChange={(entityId) => set({ entityId })}
            options={users}
            loading={people.loading}
            placeholder="Choose a user"
          />
        </Field>
      ) : (
        <Field
          label="ID"
          required={draft.entityType !== ''}
          error={draft.entityType === '' ? undefined : mistake}
          hint="From the page’s address."
        >
          <Input
            value={draft.entityId}
            onChange={(entityId) => set({ entityId })}
            disabled={draft.entityType === '' || draft.entityType === 'login'}
            spellCheck={false}
            autoComplete="off"
          />
        </Field>
      )}
      <Field label="First day" error={draft.entityType === '' ? mistake : undefined}>
        <Input type="date" value={draft.from} onChange={(from) => set({ from })} />
      </Field>
      <Field label="Last day">
        <Input type="date" value={draft.to} onChange={(to) => set({ to })} />
      </Field>
      <div className="flex justify-end gap-2 pt-1 md:col-span-2 max-md:*:flex-1">
        <Button onClick={() => onChange({})}>Clear</Button>
        <Button type="submit" variant="primary">
          Search
        </Button>
      </div>
    </form>
  )
}
