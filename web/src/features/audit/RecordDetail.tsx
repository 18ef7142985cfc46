import { Link } from '@tanstack/react-router'
import { ArrowRight, Lock } from 'lucide-react'
import type { ReactNode } from 'react'
import type { AuditRecord, FieldChange } from '@/api/types'
import { moneyWords } from '@/lib/money'
import { formatExact, useTimeZone } from '@/lib/time'
import { Verify } from '@/ui/Verify'
import { entityWord, fieldWord, valueText } from './words'

type NameOf = (id: string) => string | undefined

function Value({ value, nameOf, before = false }: { value: unknown; nameOf: NameOf; before?: boolean }) {
  const plain = valueText(value)
  const text = plain === null ? null : (nameOf(plain) ?? moneyWords(plain))
  if (text === null) return <span className="text-ink-3">empty</span>
  return before ? (
    <del className="break-words whitespace-pre-wrap text-ink-3 decoration-ink-3/60">{text}</del>
  ) : (
    <ins className="break-words whitespace-pre-wrap no-underline">{text}</ins>
  )
}

function Change({ change, fresh, nameOf }: { change: FieldChange; fresh: boolean; nameOf: NameOf }) {
  return (
    <tr className="border-t border-line first:border-t-0 max-md:flex max-md:flex-col max-md:py-2">
      <th scope="row" className="py-1.5 pr-4 text-left align-top font-medium whitespace-nowrap text-ink-2 max-md:py-0">
        {fieldWord(change.field)}
      </th>
      {change.sealed ? (
        <td colSpan={3} className="py-1.5 text-ink-3 max-md:py-0">
          <span className="inline-flex items-center gap-1.5">
            <Lock className="size-3.5 shrink-0" aria-hidden />
            Personal data (sealed)
          </span>
        </td>
      ) : change.field === 'password' ? (
        <td colSpan={3} className="py-1.5 text-ink-3 max-md:py-0">
          Changed; passwords aren’t recorded
        </td>
      ) : (
        <td className="py-1.5 max-md:py-0">
          <span className="flex flex-wrap items-baseline gap-x-2">
            {!fresh && <Value value={change.before} nameOf={nameOf} before />}
            {!fresh && <ArrowRight className="size-3 shrink-0 self-center text-ink-3" aria-label="changed to" />}
            <Value value={change.after} nameOf={nameOf} />
          </span>
        </td>
      )}
    </tr>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex gap-3">
      <dt className="w-24 shrink-0 text-ink-3">{name}</dt>
      <dd className="min-w-0 break-all">{children}</dd>
    </div>
  )
}

function SealedNote({ record }: { record: AuditRecord }) {
  return (
    <p className="mt-2 text-xs text-ink-3">
      Personal data stays sealed in lists that span several entities.{' '}
      {(record.entity_type === 'investor' || record.entity_type === 'user') && (
        <>
          <Link
            to="/audit"
            search={{ entity_type: record.entity_type, entity_id: record.entity_id }}
            className="font-medium text-accent hover:underline"
          >
            Open the history of this {entityWord(record.entity_type).toLowerCase()}
          </Link>{' '}
          to read it. The read is recorded.
        </>
      )}
    </p>
  )
}

/**
 * Detail below an expanded record; `nameOf` resolves user ids in values. Verification is not offered again where the page already offers
 * it.
 */
export function RecordDetail({ record, nameOf, verifiable }: { record: AuditRecord; nameOf: NameOf; verifiable: boolean }) {
  // Values in a create or a refusal have no previous value.
  const fresh = !/_(update|change)$/.test(record.action) && record.changes.every((change) => valueText(change.before) === null)
  const zone = useTimeZone()
  return (
    <div className="grid gap-x-10 gap-y-4 md:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="min-w-0">
        {record.changes.length === 0 ? (
          <p className="text-ink-3">No fields changed.</p>
        ) : (
          <table className="w-full">
            <caption className="sr-only">Fields before and after</caption>
            <tbody>
              {record.changes.map((change) => (
                <Change key={change.field} change={change} fresh={fresh} nameOf={nameOf} />
              ))}
            </tbody>
          </table>
        )}
        {record.changes.some((change) => change.sealed) && <SealedNote record={record} />}
      </div>
      <div className="flex min-w-0 flex-col gap-3 text-xs">
        <dl className="flex flex-col gap-1">
          <Fact name="When">{formatExact(record.at, zone)}</Fact>
          <Fact name="IP address">{record.ip ?? 'None (internal)'}</Fact>
          <Fact name={entityWord(record.entity_type)}>
            <code className="font-mono select-all">{record.entity_id}</code>
          </Fact>
          <Fact name="Request">
            <code className="font-mono select-all">{record.request_id}</code>
          </Fact>
          <Fact name="Position">{record.sequence ? `record ${record.sequence} of its chain` : 'not yet linked into its chain'}</Fact>
          {record.hash && (
            <Fact name="Hash">
              <code className="font-mono select-all">{record.hash}</code>
            </Fact>
          )}
        </dl>
        {verifiable && record.entity_type !== 'login' && (
          <Verify entityType={record.entity_type} entityId={record.entity_id} what={entityWord(record.entity_type).toLowerCase()} />
        )}
      </div>
    </div>
  )
}
