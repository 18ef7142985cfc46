import { useState } from 'react'
import { investorReport } from '@/api/reports'
import { saveFile } from '@/lib/saveFile'
import { toast } from '@/ui/Toast'

/** Saves a report of an investor as a PDF document. */
export function useReport(investorId: string) {
  const [busy, setBusy] = useState(false)
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
  return { busy, save }
}
