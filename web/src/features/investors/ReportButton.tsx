import { FileDown } from 'lucide-react'
import { useState } from 'react'
import { investorReport } from '@/api/reports'
import { saveFile } from '@/lib/saveFile'
import { useCan } from '@/session/useMe'
import { Button } from '@/ui/Button'
import { toast } from '@/ui/Toast'

/** Saves a report of an investor as a PDF document. */
export function ReportButton({ investorId }: { investorId: string }) {
  const [busy, setBusy] = useState(false)
  const may = useCan('investor_report')
  if (!may) return null
  const save = async () => {
    setBusy(true)
    try {
      const { name, file } = await investorReport(investorId)
      saveFile(name, [file], file.type)
      toast.done('Report saved', { detail: name })
    } catch (error) {
      toast.error('The report could not be made', error)
    } finally {
      setBusy(false)
    }
  }
  return <Button icon={FileDown} busy={busy} onClick={() => void save()}>Report (PDF)</Button>
}
