import { assetGet, assetUpdate } from '@/api/assets'
import { nameMistake } from '@/api/rules'
import type { Asset, AssetKind } from '@/api/types'
import { ASSET_KINDS, options } from '@/api/words'
import { changes } from '@/lib/rebase'
import { useRequirements } from '@/shell/products/useRequirements'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Field } from '@/ui/Field'
import { FormNotes } from '@/ui/FormNotes'
import { Input, Select } from '@/ui/inputs'
import { toast } from '@/ui/Toast'
import { useEntityForm } from '@/ui/useEntityForm'
import { useAssetsStale } from './useAssets'

interface Values {
  name: string
  kind: AssetKind
  requirement_id: string
}

const valuesOf = ({ name, kind, requirement_id: requirement }: Asset): Values => ({ name, kind, requirement_id: requirement ?? '' })

function patchOf(values: Values, before: Values) {
  const { requirement_id: requirement, ...others } = changes(values, before)
  return { ...others, ...(requirement === undefined ? {} : { requirement_id: requirement || null }) }
}

/** Name, kind and requirement of an asset. */
export function AssetForm({ asset }: { asset: Asset }) {
  const stale = useAssetsStale()
  const { requirements, loading } = useRequirements(asset.product_id)
  const { form, edited, discard } = useEntityForm<Asset, Values>({
    entity: asset,
    kind: 'asset',
    empty: valuesOf(asset),
    valuesOf,
    check: ({ name }) => ({ name: nameMistake(name) }),
    update: (base, values, before) => assetUpdate(base, patchOf(values, before)),
    reload: async (base) => (await assetGet(base)).asset,
    onDone: (saved) => {
      stale(saved.product_id)
      toast.done(`${saved.name} saved`)
    },
  })
  return (
    <form noValidate aria-label="Details" className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormNotes form={form} />
      <div className="grid gap-4 md:grid-cols-[minmax(0,1fr)_160px]">
        <Field label="Name" required error={form.errors['name']}>
          <Input {...form.bind('name')} autoComplete="off" />
        </Field>
        <Field label="Kind" required error={form.errors['kind']}>
          <Select {...form.bind('kind')} options={options(ASSET_KINDS)} />
        </Field>
      </div>
      <Field label="Requirement" error={form.errors['requirement_id']}>
        <Combobox
          {...form.bind('requirement_id')}
          options={requirements.map(({ id, reference, title }) => ({ value: id, label: `${reference} ${title}` }))}
          loading={loading}
          clearLabel="None"
          placeholder="None"
        />
      </Field>
      {edited && (
        <div className="flex justify-end gap-2">
          <Button variant="quiet" onClick={discard}>
            Discard
          </Button>
          <Button type="submit" variant="primary" busy={form.busy}>
            Save
          </Button>
        </div>
      )}
    </form>
  )
}
