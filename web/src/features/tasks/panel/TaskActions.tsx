import { useMutation } from '@tanstack/react-query'
import { Ellipsis, Eye, Link2, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Task } from '@/api/types'
import { taskDelete, taskGet, taskUnwatch, taskWatch } from '@/api/tasks'
import { Button, IconButton } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Menu, MenuItem } from '@/ui/Menu'
import { toast } from '@/ui/Toast'
import { useForgottenTask, useStoredTask } from '../useStoredTask'
import { useTaskAccess } from '../useTaskAccess'

function Removal({ task, open, onClose, onGone }: { task: Task; open: boolean; onClose: () => void; onGone: () => void }) {
  const forgotten = useForgottenTask()
  const stored = useStoredTask()
  const removal = useMutation({
    mutationFn: () => taskDelete(task),
    onSuccess: () => {
      forgotten(task)
      toast.done(`${task.reference} deleted`)
      onGone()
    },
    onError: async (error) => {
      toast.error(`Couldn’t delete ${task.reference}`, error)
      await taskGet(task).then(stored, () => undefined)
      onClose()
    },
  })
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Delete ${task.reference}?`}
      description={`“${task.title}” is deleted for everyone, with its comments and attachments. This can’t be undone.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" busy={removal.isPending} onClick={() => removal.mutate()}>
            Delete
          </Button>
        </>
      }
    />
  )
}

/** Actions for a task: watch it, copy its link, delete it. */
export function TaskActions({ task, onGone }: { task: Task; onGone: () => void }) {
  const { me, mayWrite } = useTaskAccess(task.product_id)
  const stored = useStoredTask()
  const [removing, setRemoving] = useState(false)
  const watching = task.watcher_ids.includes(me.id)
  const watch = useMutation({
    mutationFn: (on: boolean) => (on ? taskWatch(task) : taskUnwatch(task)),
    onSuccess: (saved, on) => {
      stored(saved)
      toast.done(on ? `You’re watching ${task.reference}` : `You’re no longer watching ${task.reference}`)
    },
    onError: (error) => toast.error('Couldn’t save the change', error),
  })
  const copy = async () => {
    await navigator.clipboard.writeText(`${window.location.origin}/products/${task.product_id}/tasks/${task.id}`)
    toast.done('Link copied')
  }
  return (
    <>
      <IconButton
        icon={Eye}
        label={watching ? 'Stop watching' : 'Watch'}
        aria-pressed={watching}
        onClick={() => watch.mutate(!watching)}
        className={watching ? '!text-accent' : undefined}
      />
      <IconButton
        icon={Link2}
        label="Copy link"
        onClick={() => void copy().catch((error: unknown) => toast.error('Couldn’t copy the link', error))}
      />
      {mayWrite && (
        <Menu trigger={<IconButton icon={Ellipsis} label="Actions for this task" />}>
          <MenuItem icon={Trash2} danger onSelect={() => setRemoving(true)}>
            Delete
          </MenuItem>
        </Menu>
      )}
      <Removal task={task} open={removing} onClose={() => setRemoving(false)} onGone={onGone} />
    </>
  )
}
