import type { ImportDefaults, ImportKey, ImportKind } from '@/api/types'
import { IMPORT_KEYS, INVESTOR_KINDS, INVESTOR_STATUSES, TIERS, options } from '@/api/words'
import { COUNTRIES } from '@/lib/countries'
import { useMe } from '@/session/useMe'
import { managesInvestors, useUsers } from '@/session/useUsers'
import { Combobox } from '@/ui/Combobox'
import { Field } from '@/ui/Field'
import { Select } from '@/ui/inputs'
import { KEY_NOTES, KINDS } from './kinds'
import type { Draft, Mistakes } from './mapping'

export interface MappingOptionsProps {
  kind: ImportKind
  draft: Draft
  mistakes: Mistakes
  onKey: (key: ImportKey) => void
  onDefaults: (changes: ImportDefaults) => void
}

function Manager({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const me = useMe()
  const people = useUsers()
  const managers = people.users
    .filter(managesInvestors)
    .map((user) => ({ value: user.id, label: user.name, note: user.id === me.id ? 'you' : user.username }))
  const own = me.roles.includes('relationship_manager')
  return (
    <Field label="Relationship manager" hint={own ? 'You, unless you choose someone else.' : 'Is notified about every activity with them.'}>
      <Combobox
        value={value}
        onChange={onChange}
        options={managers}
        loading={people.loading}
        placeholder={own ? 'You' : 'Unassigned'}
        clearLabel={own ? 'You' : 'Unassigned'}
      />
    </Field>
  )
}

/** The key that matches rows to existing entities, and default values for new investors. */
export function MappingOptions({ kind, draft, mistakes, onKey, onDefaults }: MappingOptionsProps) {
  const { many, one, keys } = KINDS[kind]
  const known = keys.map((key) => ({ value: key, label: IMPORT_KEYS[key] }))
  const rest = draft.key === 'number' ? '' : ` A row without a match creates a new ${one}.`
  return (
    <div className="flex flex-col gap-6">
      <section className="flex flex-col gap-3">
        <h2 className="font-semibold">Find existing {many} by</h2>
        <Field label="Key" required error={mistakes['key']} hint={`${KEY_NOTES[draft.key]}${rest}`}>
          <Select value={draft.key} onChange={onKey} options={known} />
        </Field>
      </section>
      {kind === 'investors' && <Defaults draft={draft} mistakes={mistakes} onDefaults={onDefaults} />}
    </div>
  )
}

function Defaults({ draft: { fields, defaults }, mistakes, onDefaults }: Pick<MappingOptionsProps, 'draft' | 'mistakes' | 'onDefaults'>) {
  const me = useMe()
  const mayAssign = me.permissions.includes('investor_assign')
  return (
    <section className="flex flex-col gap-3">
      <div>
        <h2 className="font-semibold">Defaults for new investors</h2>
        <p className="text-xs text-ink-3">Used where a row has no value. Existing investors keep theirs.</p>
      </div>
      <Field label="Kind" required={!fields.includes('kind')} error={mistakes['kind']}>
        <Select
          value={defaults.kind ?? ''}
          onChange={(kind) => onDefaults({ kind: kind || null })}
          options={options(INVESTOR_KINDS)}
          placeholder="Choose…"
        />
      </Field>
      <div className="grid grid-cols-2 gap-3">
        <Field label="Tier">
          <Select value={defaults.tier ?? 'prospect'} onChange={(tier) => onDefaults({ tier })} options={options(TIERS)} />
        </Field>
        <Field label="Status">
          <Select value={defaults.status ?? 'active'} onChange={(status) => onDefaults({ status })} options={options(INVESTOR_STATUSES)} />
        </Field>
      </div>
      <Field label="Country">
        <Combobox
          value={defaults.country ?? ''}
          onChange={(country) => onDefaults({ country: country || null })}
          options={COUNTRIES}
          placeholder="None"
          clearLabel="None"
        />
      </Field>
      {mayAssign && (
        <Manager value={defaults.relationship_manager_id ?? ''} onChange={(id) => onDefaults({ relationship_manager_id: id || null })} />
      )}
    </section>
  )
}
