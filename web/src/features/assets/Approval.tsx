import { Check, Send, Undo2, X } from 'lucide-react'
import type { Asset } from '@/api/types'
import { ApprovalBadge } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Textarea } from '@/ui/inputs'
import { FormNotes } from '@/ui/FormNotes'
import { RelativeTime } from '@/ui/RelativeTime'
import { useForm } from '@/ui/useForm'
import { useAssetChanges } from './useAssets'

function Decision({ asset }: { asset: Asset }) {
  // One of several buttons sends it.
  const form = useForm({ initial: { note: '' }, draft: `approval/${asset.id}`, send: () => Promise.resolve(), onDone: () => undefined })
  const { note } = form.values
  const { busy, approve, reject, update } = useAssetChanges()
  const { approval } = asset
  if (asset.status !== 'available') return null
  if (approval === 'approved' || approval === 'rejected') {
    return (
      <Button
        icon={Undo2}
        className="self-start"
        busy={busy}
        onClick={() => update(asset, { approval: 'in_review' }, `Approval requested again for ${asset.name}`)}
      >
        Request approval again
      </Button>
    )
  }
  const decided = { onSuccess: form.startOver }
  return (
    <div className="flex flex-col gap-3">
      <FormNotes form={form} />
      <Field label="Decision note">
        <Textarea {...form.bind('note')} rows={2} />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" icon={Check} busy={busy} onClick={() => approve(asset, note, decided)}>
          Approve
        </Button>
        <Button icon={X} disabled={busy} onClick={() => reject(asset, note, decided)}>
          Reject
        </Button>
        {approval === 'draft' && (
          <Button
            variant="quiet"
            icon={Send}
            disabled={busy}
            onClick={() => update(asset, { approval: 'in_review' }, `Approval requested for ${asset.name}`)}
          >
            Request approval
          </Button>
        )}
        {approval === 'in_review' && (
          <Button
            variant="quiet"
            icon={Undo2}
            disabled={busy}
            onClick={() => update(asset, { approval: 'draft' }, `${asset.name} is a draft again`)}
          >
            Back to draft
          </Button>
        )}
      </div>
    </div>
  )
}

/** Approval status of an asset, who decided it, and the buttons to change it. */
export function Approval({ asset, mayWrite }: { asset: Asset; mayWrite: boolean }) {
  const { approval, approval_note: note, approver_name: by, decided_at: at } = asset
  return (
    <section aria-label="Approval" className="flex flex-col gap-3 border-t border-line pt-4">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="font-semibold">Approval</h3>
        <ApprovalBadge approval={approval} />
        {by && at && (
          <span className="text-xs text-ink-3">
            {by} · <RelativeTime at={at} />
          </span>
        )}
      </div>
      {note && <p className="break-words whitespace-pre-wrap text-ink-2">{note}</p>}
      {mayWrite && <Decision key={asset.id} asset={asset} />}
    </section>
  )
}
