import { Ellipsis, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { CashFlow, Investment } from '@/api/types'
import { CASH_FLOW_KINDS } from '@/api/words'
import { decimalsOf } from '@/lib/currencies'
import { formatMoney } from '@/lib/money'
import { formatDate } from '@/lib/day'
import { ExportButton } from '@/shell/ExportButton'
import { Button, IconButton } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Menu, MenuItem } from '@/ui/Menu'
import { Section } from '@/ui/PageHeader'
import { CashFlowForm } from './CashFlowForm'
import { ledger, type LedgerRow } from './ledger'
import { useRemoveCashFlow } from './useInvestments'
import { ScrollBox } from '@/ui/ScrollBox'

interface Acts {
  edit: (flow: CashFlow) => void
  remove: (flow: CashFlow) => void
}

const CELL = 'px-2 py-2.5 align-top first:pl-4 last:pr-2'
const MONEY = `${CELL} tabular text-right`

function Row({ row: { flow, paidIn, distributed }, acts }: { row: LedgerRow; acts: Acts | undefined }) {
  const { currency } = flow.amount
  const so = { paidIn: formatMoney({ amount: paidIn, currency }), distributed: formatMoney({ amount: distributed, currency }) }
  const name = `${CASH_FLOW_KINDS[flow.kind].toLowerCase()} of ${formatDate(flow.date)}`
  return (
    <tr>
      <td className={`${CELL} whitespace-nowrap max-md:hidden`}>{formatDate(flow.date)}</td>
      <th scope="row" className={`${CELL} text-left font-normal max-md:pl-4`}>
        {CASH_FLOW_KINDS[flow.kind]}
        <span className="block text-xs text-ink-3 md:hidden">{formatDate(flow.date)}</span>
        <span className="block text-xs text-ink-3 md:hidden">
          Called to date {so.paidIn}, distributed {so.distributed}
        </span>
        {flow.notes && <span className="block text-xs break-words whitespace-pre-wrap text-ink-3">{flow.notes}</span>}
      </th>
      <td className={`${MONEY} font-medium`}>{formatMoney(flow.amount)}</td>
      <td className={`${MONEY} text-ink-2 max-md:hidden`}>{so.paidIn}</td>
      <td className={`${MONEY} text-ink-2 max-md:hidden`}>{so.distributed}</td>
      {acts && (
        <td className="w-10 py-1 pr-2 text-right align-top">
          <Menu trigger={<IconButton icon={Ellipsis} label={`Actions for the ${name}`} />}>
            <MenuItem icon={Pencil} onSelect={() => acts.edit(flow)}>
              Edit
            </MenuItem>
            <MenuItem icon={Trash2} danger onSelect={() => acts.remove(flow)}>
              Delete
            </MenuItem>
          </Menu>
        </td>
      )}
    </tr>
  )
}

function Table({ rows, acts }: { rows: readonly LedgerRow[]; acts: Acts | undefined }) {
  const head = `${CELL} text-xs font-normal text-ink-3`
  return (
    <ScrollBox label="Cash flows" className="-m-4">
      <table className="w-full border-collapse">
        <caption className="sr-only">Cash flows, newest first</caption>
        <thead className="border-b border-line">
          <tr>
            <th scope="col" className={`${head} text-left max-md:hidden`}>
              Date
            </th>
            <th scope="col" className={`${head} text-left max-md:pl-4`}>
              Kind
            </th>
            <th scope="col" className={`${head} text-right`}>
              Amount
            </th>
            <th scope="col" className={`${head} text-right max-md:hidden`}>
              Called to date
            </th>
            <th scope="col" className={`${head} text-right max-md:hidden`}>
              Distributed to date
            </th>
            {acts && (
              <th scope="col">
                <span className="sr-only">More</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((row) => (
            <Row key={row.flow.id} row={row} acts={acts} />
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}

function Removal({ flow, onDone }: { flow: CashFlow | undefined; onDone: () => void }) {
  const removal = useRemoveCashFlow()
  const what = flow ? `${CASH_FLOW_KINDS[flow.kind]} of ${formatMoney(flow.amount)} on ${formatDate(flow.date)}.` : ''
  return (
    <Dialog
      open={flow !== undefined}
      onClose={onDone}
      size="small"
      title="Delete this cash flow?"
      description={`${what} The figures are recalculated without it. This can’t be undone.`}
      footer={
        <>
          <Button onClick={onDone}>Cancel</Button>
          <Button variant="danger" busy={removal.isPending} onClick={() => flow && removal.mutate(flow, { onSettled: onDone })}>
            Delete
          </Button>
        </>
      }
    />
  )
}

/** The cash flows of an investment, with running totals. */
export function CashFlows({ investment, flows, mayWrite }: { investment: Investment; flows: readonly CashFlow[]; mayWrite: boolean }) {
  const [form, setForm] = useState<{ flow?: CashFlow }>()
  const [doomed, setDoomed] = useState<CashFlow>()
  const rows = ledger(flows, decimalsOf(investment.commitment.currency))
  const close = () => setForm(undefined)
  const actions = (
    <>
      {rows.length > 0 && (
        <ExportButton
          path={`/api/exports/investors/${investment.investor_id}/investments/${investment.id}/cash_flows`}
          name="cash-flows"
          action="investor_export"
        />
      )}
      {mayWrite && (
        <Button icon={Plus} onClick={() => setForm({})}>
          Record
        </Button>
      )}
    </>
  )
  return (
    <Section title="Cash flows" actions={actions}>
      {rows.length === 0 ? (
        <p className="text-ink-3">{mayWrite ? 'None yet. Record a capital call, a distribution or a valuation.' : 'None yet.'}</p>
      ) : (
        <Table rows={rows} acts={mayWrite ? { edit: (flow) => setForm({ flow }), remove: setDoomed } : undefined} />
      )}
      <Dialog open={form !== undefined} onClose={close} title={form?.flow ? 'Edit cash flow' : 'New cash flow'}>
        {form && <CashFlowForm investment={investment} flow={form.flow} onDone={close} />}
      </Dialog>
      <Removal flow={doomed} onDone={() => setDoomed(undefined)} />
    </Section>
  )
}
