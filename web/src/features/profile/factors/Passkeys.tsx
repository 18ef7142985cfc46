import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { keys } from '@/api/keys'
import { passkeyCreate, passkeyDelete, passkeyList, passkeyUpdate } from '@/api/passkeys'
import { NAME_MAX, nameMistake } from '@/api/rules'
import type { Passkey, PasskeyCreated } from '@/api/types'
import { passkeyObstacle } from '@/api/webauthn'
import { Badge } from '@/ui/Badge'
import { Button, IconButton } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { FormActions } from '@/ui/FormActions'
import { Input } from '@/ui/inputs'
import { PasskeyNote } from '@/ui/PasskeyNote'
import { PasskeySetup } from '@/ui/PasskeySetup'
import { RelativeTime } from '@/ui/RelativeTime'
import { ErrorState, FormError, SkeletonLines } from '@/ui/states'
import { toast } from '@/ui/Toast'
import { useForm } from '@/ui/useForm'
import { FactorRow, RemovalDialog, type FactorProps } from './parts'

type Shown = { kind: 'new' } | { kind: 'rename' | 'remove'; passkey: Passkey } | null

function Row({ passkey, onShow }: { passkey: Passkey; onShow: (shown: Shown) => void }) {
  const { name, synced, created_at: created, last_used_at: used } = passkey
  return (
    <li className="flex items-center gap-3 py-2 first:pt-0 last:pb-0">
      <KeyRound className="size-5 shrink-0 text-ink-3" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-1.5 font-medium">
          <span className="min-w-0 break-words">{name}</span>
          {synced && <Badge>Synced</Badge>}
        </p>
        <p className="text-xs text-ink-3">
          {used ? (
            <>
              used <RelativeTime at={used} />
            </>
          ) : (
            'not used yet'
          )}{' '}
          · added <RelativeTime at={created} />
        </p>
      </div>
      <IconButton icon={Pencil} label={`Rename ${name}`} onClick={() => onShow({ kind: 'rename', passkey })} />
      <IconButton icon={Trash2} label={`Remove ${name}`} onClick={() => onShow({ kind: 'remove', passkey })} />
    </li>
  )
}

function Rename({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const client = useQueryClient()
  const form = useForm<{ name: string }, Passkey>({
    initial: { name: passkey.name },
    draft: null,
    check: ({ name }) => ({ name: nameMistake(name) }),
    send: ({ name }) => passkeyUpdate(passkey.id, name.trim()),
    onDone: (renamed) => {
      client.setQueryData<Passkey[]>(keys.passkeys, (known) => known?.map((one) => (one.id === renamed.id ? renamed : one)))
      toast.done(`Passkey renamed to ${renamed.name}`)
      onClose()
    },
  })
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      {form.problem && <FormError error={form.problem} />}
      <Field label="Name" required error={form.errors['name']}>
        <Input {...form.bind('name')} autoComplete="off" maxLength={NAME_MAX} />
      </Field>
      <FormActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          Rename
        </Button>
      </FormActions>
    </form>
  )
}

function useRemoval({ onChanged, onClose }: { onChanged: () => Promise<unknown>; onClose: () => void }) {
  return useMutation({
    mutationFn: ({ id }: Passkey) => passkeyDelete(id),
    onSuccess: (_nothing, { name }) => toast.done(`${name} removed`, { detail: 'You can now delete the passkey on your device too.' }),
    onError: (error, { name }) => toast.error(`Couldn’t remove ${name}`, error),
    onSettled: () => {
      onClose()
      return onChanged()
    },
  })
}

/** The user’s passkeys. `origin` is where they work. */
export function Passkeys({ origin, only, onCodes, onChanged }: FactorProps & { origin: string | null | undefined }) {
  const [shown, setShown] = useState<Shown>(null)
  const list = useQuery({ queryKey: keys.passkeys, queryFn: passkeyList })
  const obstacle = passkeyObstacle(origin)
  const close = () => setShown(null)
  const remove = useRemoval({ onChanged, onClose: close })
  const added = ({ passkey, recovery_codes: codes }: PasskeyCreated) => {
    toast.done(`${passkey.name} added`)
    close()
    onCodes(codes)
    void onChanged()
  }
  return (
    <FactorRow
      title="Passkeys"
      hint={
        obstacle ? (
          <PasskeyNote obstacle={obstacle} at={origin} />
        ) : (
          'Sign you in with your fingerprint, your face or a PIN. They can’t be guessed, or given away to a fake site.'
        )
      }
      action={obstacle === null && <Button onClick={() => setShown({ kind: 'new' })}>Add passkey</Button>}
    >
      {list.isPending ? (
        <SkeletonLines lines={2} />
      ) : list.isError ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        list.data.length > 0 && (
          <ul aria-label="Passkeys" className="divide-y divide-line">
            {list.data.map((passkey) => (
              <Row key={passkey.id} passkey={passkey} onShow={setShown} />
            ))}
          </ul>
        )
      )}
      <Dialog open={shown?.kind === 'new'} onClose={close} title="Add a passkey" size="small">
        <PasskeySetup action="Create passkey" create={passkeyCreate} onDone={added} />
      </Dialog>
      <Dialog open={shown?.kind === 'rename'} onClose={close} title="Rename the passkey" size="small">
        {shown?.kind === 'rename' && <Rename passkey={shown.passkey} onClose={close} />}
      </Dialog>
      <RemovalDialog
        open={shown?.kind === 'remove'}
        onClose={close}
        title={shown?.kind === 'remove' ? `Remove ${shown.passkey.name}?` : ''}
        action="Remove passkey"
        busy={remove.isPending}
        onRemove={() => shown?.kind === 'remove' && remove.mutate(shown.passkey)}
        only={only}
      >
        It won’t sign you in any more.
      </RemovalDialog>
    </FactorRow>
  )
}
