import { documentGet, documentUpdate } from '@/api/documents'
import { nameMistake } from '@/api/rules'
import type { Document } from '@/api/types'
import { changes } from '@/lib/rebase'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { FormNotes } from '@/ui/FormNotes'
import { Input, Textarea } from '@/ui/inputs'
import { toast } from '@/ui/Toast'
import { useEntityForm } from '@/ui/useEntityForm'
import { useDocumentsStale } from './useDocuments'

const valuesOf = ({ title, description }: Document) => ({ title, description: description ?? '' })
type Values = ReturnType<typeof valuesOf>

function patchOf(values: Values, base: Values) {
  const { title, description } = changes(values, base)
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description: description.trim() === '' ? null : description }),
  }
}

/** A document's title and description. */
export function DocumentForm({ document, onDone }: { document: Document; onDone: () => void }) {
  const stale = useDocumentsStale()
  const { form } = useEntityForm<Document, Values>({
    entity: document,
    kind: 'document',
    empty: valuesOf(document),
    valuesOf,
    check: ({ title }) => ({ title: nameMistake(title) }),
    update: (base, values, before) => documentUpdate(base, patchOf(values, before)),
    reload: async (base) => {
      const { document: newer } = await documentGet(base)
      stale(newer.investor_id)
      return newer
    },
    onDone: (saved) => {
      stale(saved.investor_id)
      toast.done(`${saved.title} saved`)
      onDone()
    },
  })
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormNotes form={form} />
      <Field label="Title" required error={form.errors['title']}>
        <Input {...form.bind('title')} autoComplete="off" />
      </Field>
      <Field label="Description" error={form.errors['description']}>
        <Textarea {...form.bind('description')} rows={3} />
      </Field>
      <FormActions>
        <Button variant="quiet" onClick={() => form.leave(onDone)}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          Save
        </Button>
      </FormActions>
    </form>
  )
}
