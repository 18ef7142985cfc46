import { useNavigate } from '@tanstack/react-router'
import { Ellipsis, FileDown, Merge, Pencil, RotateCcw, Trash2, type LucideIcon } from 'lucide-react'
import { investorReport } from '@/api/reports'
import type { Investor } from '@/api/types'
import { usePhone } from '@/lib/usePhone'
import { useCan } from '@/session/useMe'
import { useReport } from '@/shell/useReport'
import { Button, IconButton } from '@/ui/Button'
import { Menu, MenuItem } from '@/ui/Menu'
import { useRemoval } from './useStored'

interface Act {
  label: string
  icon: LucideIcon
  run: () => void
  busy?: boolean
  danger?: boolean
}

interface InvestorActionsProps {
  investor: Investor
  /** Omitted if the caller has no permission. */
  onEdit: (() => void) | undefined
  onMerge: (() => void) | undefined
}

/** Actions for an investor: buttons beside its name; on a phone the less common ones move into a menu. */
export function InvestorActions({ investor, onEdit, onMerge }: InvestorActionsProps) {
  const phone = usePhone()
  const mayDelete = useCan('investor_delete')
  const mayReport = useCan('investor_report')
  const navigate = useNavigate()
  const { remove, restore } = useRemoval()
  const { busy, save } = useReport(() => investorReport(investor.id))
  const removeAndLeave = () => remove(investor, { onSuccess: () => void navigate({ to: '/investors' }) })
  const rare: Act[] = []
  if (onMerge) rare.push({ label: 'Merge', icon: Merge, run: onMerge })
  if (mayReport) rare.push({ label: 'Report (PDF)', icon: FileDown, run: save, busy })
  if (mayDelete && !investor.deleted_at) rare.push({ label: 'Delete', icon: Trash2, run: removeAndLeave, danger: true })
  return (
    <>
      {onEdit && (
        <Button icon={Pencil} onClick={onEdit}>
          Edit
        </Button>
      )}
      {mayDelete && investor.deleted_at && (
        <Button variant="primary" icon={RotateCcw} onClick={() => restore(investor)}>
          Restore
        </Button>
      )}
      {!phone &&
        rare.map(({ label, icon, run, busy: working }) => (
          <Button key={label} icon={icon} busy={working ?? false} onClick={run}>
            {label}
          </Button>
        ))}
      {phone && rare.length > 0 && (
        <Menu trigger={<IconButton icon={Ellipsis} label="More" />}>
          {rare.map(({ label, icon, run, busy: working, danger }) => (
            <MenuItem key={label} icon={icon} danger={danger ?? false} disabled={working ?? false} onSelect={run}>
              {label}
            </MenuItem>
          ))}
        </Menu>
      )}
    </>
  )
}
