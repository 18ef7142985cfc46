import { useState } from 'react'
import { documentGet, documentUpdate } from '@/api/documents'
import { Problem } from '@/api/problem'
import { nameMistake } from '@/api/rules'
import type { Document } from '@/api/types'
import { changes, rebase } from '@/lib/rebase'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { Input, Textarea } from '@/ui/inputs'
import { FormError } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'
import { useDocumentsStale } from './useDocuments'

const CHANGED_MEANWHILE = new Problem({
  status: 412,
  code: 'stale_version',
  title: 'Someone else changed this document',
  detail: 'Their version is now shown with your edits on top. Review it and save again.',
})

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
  const [base, setBase] = useState(document)
  const stale = useDocumentsStale()
  const initial = valuesOf(base)
  const form = useForm<Values, Document>({
    initial,
    check: ({ title }) => ({ title: nameMistake(title) }),
    send: async (values) => {
      try {
        return await documentUpdate(base, patchOf(values, initial))
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 412) throw error
        const { document: newer } = await documentGet(base)
        stale(newer.investor_id)
        form.reset(rebase(values, initial, valuesOf(newer)))
        setBase(newer)
        throw CHANGED_MEANWHILE
      }
    },
    onDone: (saved) => {
      stale(saved.investor_id)
      toast.done(`${saved.title} saved`)
      onDone()
    },
  })
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      {form.problem && <FormError error={form.problem} />}
      <Field label="Title" required error={form.errors['title']}>
        <Input {...form.bind('title')} autoComplete="off" />
      </Field>
      <Field label="Description" error={form.errors['description']}>
        <Textarea {...form.bind('description')} rows={3} />
      </Field>
      <FormActions>
        <Button variant="quiet" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          Save
        </Button>
      </FormActions>
    </form>
  )
}
