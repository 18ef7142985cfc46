import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Ellipsis, Pencil, Trash2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { pages } from '@/api/client'
import { keys } from '@/api/keys'
import { Problem } from '@/api/problem'
import { commentCreate, commentDelete, commentList, commentUpdate, taskGet } from '@/api/tasks'
import type { Comment, ProductMember, Task } from '@/api/types'
import { drafts } from '@/lib/drafts'
import { useTeam } from '@/shell/products/useProduct'
import { Avatar } from '@/ui/Avatar'
import { Button, IconButton } from '@/ui/Button'
import { LoadMore } from '@/ui/LoadMore'
import { Markdown } from '@/ui/Markdown'
import { Menu, MenuItem } from '@/ui/Menu'
import { RelativeTime } from '@/ui/RelativeTime'
import { ErrorState, SkeletonLines } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useEntityForm } from '@/ui/useEntityForm'
import { useForm } from '@/ui/useForm'
import { useStoredTask } from '../useStoredTask'
import { useTaskAccess } from '../useTaskAccess'
import { CommentBox, commentOf, type CommentValues } from './CommentBox'

/** Reloads the comments, and the task that counts them. */
function useCommentsStale(task: Task) {
  const client = useQueryClient()
  const stored = useStoredTask()
  return async () => {
    await client.invalidateQueries({ queryKey: keys.tasks.comments(task.product_id, task.id) })
    await taskGet(task).then(stored, () => undefined)
  }
}

const GONE = new Problem({ status: 404, code: 'not_found', title: 'This comment was deleted' })

/** The API can't read a single comment, so it is looked up in the list. */
async function reload(task: Task, id: string, cursor?: string | null): Promise<Comment> {
  const { items, next_cursor: next } = await commentList(task, cursor)
  const found = items.find((comment) => comment.id === id)
  if (found) return found
  if (!next) throw GONE
  return reload(task, id, next)
}

interface EditProps {
  task: Task
  comment: Comment
  people: readonly ProductMember[]
  onDone: () => void
}

function CommentEdit({ task, comment, people, onDone }: EditProps) {
  const stale = useCommentsStale(task)
  const { form } = useEntityForm<Comment, CommentValues>({
    entity: comment,
    kind: 'comment',
    empty: { text: '' },
    valuesOf: ({ text }) => ({ text }),
    check: () => ({}),
    update: (base, values) => commentUpdate(base, commentOf(values, people)),
    reload: ({ id }) => reload(task, id),
    onDone: () => {
      void stale()
      onDone()
    },
  })
  return <CommentBox form={form} people={people} label="Edit comment" send="Save" onCancel={onDone} />
}

/** The box for a new comment. Text typed while one is sent is kept. */
function CommentCreate({ task, people }: Pick<EditProps, 'task' | 'people'>) {
  const stale = useCommentsStale(task)
  const form = useForm<CommentValues, Comment>({
    initial: { text: '' },
    draft: `comment/new/${task.id}`,
    send: (values, key) => commentCreate(task, commentOf(values, people), key),
    onDone: (_made, sent) => {
      form.reset((now) => (now.text === sent.text ? { text: '' } : now))
      void stale()
    },
  })
  return <CommentBox form={form} people={people} label="Comment" send="Comment" />
}

interface CommentRowProps {
  task: Task
  comment: Comment
  people: readonly ProductMember[]
  mentions: ReadonlyMap<string, string>
  mayEdit: boolean
  mayDelete: boolean
}

function CommentRow({ task, comment, people, mentions, mayEdit, mayDelete }: CommentRowProps) {
  const stale = useCommentsStale(task)
  const [editing, setEditing] = useState(() => mayEdit && drafts.get(`comment/${comment.id}`) !== null)
  const [removing, setRemoving] = useState(false)
  const removal = useMutation({
    mutationFn: () => commentDelete(comment),
    onError: (error) => toast.error('Couldn’t delete the comment', error),
    onSettled: stale,
  })
  return (
    <li className="flex gap-2.5">
      <Avatar name={comment.created_by_name} />
      <div className="min-w-0 flex-1">
        <p className="flex min-h-7 items-center gap-2 text-xs text-ink-3">
          <span className="truncate text-sm font-medium text-ink">{comment.created_by_name}</span>
          <RelativeTime at={comment.created_at} className="whitespace-nowrap" />
          {comment.version > 1 && <span title="Edited">edited</span>}
          {(mayEdit || mayDelete) && (
            <span className="-my-1 ml-auto">
              <Menu trigger={<IconButton icon={Ellipsis} label="Actions for this comment" className="!size-7 max-md:!size-11" />}>
                {mayEdit && (
                  <MenuItem icon={Pencil} onSelect={() => setEditing(true)}>
                    Edit
                  </MenuItem>
                )}
                {mayDelete && (
                  <MenuItem icon={Trash2} danger onSelect={() => setRemoving(true)}>
                    Delete
                  </MenuItem>
                )}
              </Menu>
            </span>
          )}
        </p>
        {editing ? (
          <CommentEdit task={task} comment={comment} people={people} onDone={() => setEditing(false)} />
        ) : (
          <Markdown text={comment.text} mentions={mentions} />
        )}
        {removing && (
          <p className="mt-2 flex flex-wrap items-center gap-2 rounded-md bg-red-bg px-3 py-1.5 text-red">
            <span className="flex-1">Delete this comment? This can’t be undone.</span>
            <Button variant="quiet" onClick={() => setRemoving(false)}>
              Keep
            </Button>
            <Button variant="danger" onClick={() => removal.mutate()}>
              Delete
            </Button>
          </p>
        )}
      </div>
    </li>
  )
}

/** Comments on a task, oldest first. */
export function Comments({ task }: { task: Task }) {
  const { me, mayComment, mayModerate } = useTaskAccess(task.product_id)
  const { people } = useTeam(task.product_id)
  const query = useInfiniteQuery({
    queryKey: keys.tasks.comments(task.product_id, task.id),
    queryFn: ({ pageParam }) => commentList(task, pageParam),
    ...pages,
  })
  const mentions = useMemo(() => new Map(people.map(({ username, name }) => [username.toLowerCase(), name])), [people])
  const comments = useMemo(
    () => (query.data?.pages.flatMap((page) => page.items) ?? []).toSorted((a, b) => a.created_at.localeCompare(b.created_at)),
    [query.data],
  )
  const speaks = mayComment(task)
  return (
    <section aria-label="Comments" className="flex flex-col gap-3">
      <h3 className="font-semibold">
        Comments
        {comments.length > 0 && (
          <span className="tabular ml-2 text-xs font-normal text-ink-3">{task.comment_count || comments.length}</span>
        )}
      </h3>
      {query.isPending && <SkeletonLines lines={3} />}
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {comments.length > 0 && (
        <ul className="flex flex-col gap-4">
          {comments.map((comment) => (
            <CommentRow
              key={comment.id}
              task={task}
              comment={comment}
              people={people}
              mentions={mentions}
              mayEdit={speaks && comment.created_by === me.id}
              mayDelete={(speaks && comment.created_by === me.id) || mayModerate}
            />
          ))}
        </ul>
      )}
      <LoadMore hasMore={query.hasNextPage} loading={query.isFetchingNextPage} onLoad={() => void query.fetchNextPage()} />
      {query.isSuccess && comments.length === 0 && !speaks && <p className="text-ink-3">No comments yet.</p>}
      {speaks && <CommentCreate key={task.id} task={task} people={people} />}
    </section>
  )
}
