import { useState } from 'react'
import type { Report } from '@/api/reports'
import { saveFile } from '@/lib/saveFile'
import { toast } from '@/ui/Toast'

/** Creates a report and saves it as a PDF. */
export function useReport(make: () => Promise<Report>) {
  const [busy, setBusy] = useState(false)
  const save = async () => {
    setBusy(true)
    try {
      const { name, file } = await make()
      saveFile(name, [file], file.type)
      toast.done('Report saved', { detail: name })
    } catch (error) {
      toast.error('Couldn’t create the report', error)
    } finally {
      setBusy(false)
    }
  }
  return { busy, save }
}
