import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Bookmark, Plus } from 'lucide-react'
import { useState } from 'react'
import { keys } from '@/api/keys'
import type { SavedView } from '@/api/types'
import { viewCreate, viewDelete, viewList } from '@/api/tasks'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { FormNotes } from '@/ui/FormNotes'
import { Input } from '@/ui/inputs'
import { Menu, MenuItem, MenuLabel, MenuSeparator, SubMenu } from '@/ui/Menu'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'
import { listFilterOf, type TasksSearch } from './routes'

/** Filters as stored in a saved view. */
export function queryOf(search: TasksSearch): string {
  return new URLSearchParams(
    Object.entries(listFilterOf({ ...search })).filter((entry): entry is [string, string] => entry[1] !== undefined),
  ).toString()
}

/** All filters of a saved view; those it doesn't name are cleared. */
export function searchOf(query: string): TasksSearch {
  return listFilterOf(Object.fromEntries(new URLSearchParams(query)))
}

function SaveForm({ productId, search, onDone }: { productId: string; search: TasksSearch; onDone: () => void }) {
  const client = useQueryClient()
  const form = useForm({
    initial: { name: '' },
    draft: `view/new/${productId}`,
    check: ({ name }) => ({ name: name.trim() === '' ? 'Enter a name.' : undefined }),
    send: ({ name }, key) => viewCreate(productId, { name: name.trim(), query: queryOf(search) }, key),
    onDone: (view: SavedView) => {
      void client.invalidateQueries({ queryKey: keys.tasks.views(productId) })
      toast.done(`“${view.name}” saved`)
      onDone()
    },
  })
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormNotes form={form} />
      <Field label="Name" required error={form.errors['name']} hint="Only you can see your views.">
        <Input {...form.bind('name')} maxLength={60} autoComplete="off" />
      </Field>
      <FormActions>
        <Button variant="quiet" onClick={() => form.leave(onDone)}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          Save view
        </Button>
      </FormActions>
    </form>
  )
}

/** The user's saved views. */
export function Views({
  productId,
  search,
  onChoose,
}: {
  productId: string
  search: TasksSearch
  onChoose: (search: TasksSearch) => void
}) {
  const client = useQueryClient()
  const [saving, setSaving] = useState(false)
  const { data } = useQuery({ queryKey: keys.tasks.views(productId), queryFn: () => viewList(productId) })
  const views = data?.items ?? []
  const now = queryOf(search)
  const chosen = views.find(({ query }) => now !== '' && queryOf(searchOf(query)) === now)
  // A view is a name and its filters, so a new one is the same.
  const again = useMutation({
    mutationFn: ({ name, query }: SavedView) => viewCreate(productId, { name, query }),
    onSuccess: ({ name }) => toast.done(`“${name}” restored`),
    onError: (error) => toast.error('Couldn’t restore the view', error),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.tasks.views(productId) }),
  })
  const removal = useMutation({
    mutationFn: ({ id }: SavedView) => viewDelete(productId, id),
    onSuccess: (_gone, view) => toast.done(`“${view.name}” deleted`, { action: { label: 'Undo', run: () => again.mutate(view) } }),
    onError: (error) => toast.error('Couldn’t delete the view', error),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.tasks.views(productId) }),
  })
  return (
    <>
      <Menu
        trigger={
          <Button variant="quiet" icon={Bookmark}>
            {chosen?.name ?? 'Views'}
          </Button>
        }
      >
        {views.length > 0 && <MenuLabel>Your views</MenuLabel>}
        {views.map((view) => (
          <MenuItem key={view.id} onSelect={() => onChoose(searchOf(view.query))}>
            {view.name}
          </MenuItem>
        ))}
        {views.length > 0 && <MenuSeparator />}
        <MenuItem icon={Plus} disabled={now === '' || chosen !== undefined} onSelect={() => setSaving(true)}>
          Save this view…
        </MenuItem>
        {views.length > 0 && (
          <SubMenu label="Delete a view">
            {views.map((view) => (
              <MenuItem key={view.id} danger onSelect={() => removal.mutate(view)}>
                {view.name}
              </MenuItem>
            ))}
          </SubMenu>
        )}
      </Menu>
      <Dialog open={saving} onClose={() => setSaving(false)} title="Save this view" size="small">
        {saving && <SaveForm productId={productId} search={search} onDone={() => setSaving(false)} />}
      </Dialog>
    </>
  )
}
