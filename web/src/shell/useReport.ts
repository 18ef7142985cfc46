import { useMutation } from '@tanstack/react-query'
import type { Report } from '@/api/reports'
import { saveFile } from '@/lib/saveFile'
import { toast } from '@/ui/Toast'

/** Creates a report and saves it as a PDF. */
export function useReport(make: () => Promise<Report>) {
  const { isPending, mutate } = useMutation({
    mutationFn: make,
    onSuccess: ({ name, file }) => {
      saveFile(name, [file], file.type)
      toast.done('Report saved', { detail: name })
    },
    onError: (error) => toast.error('Couldn’t create the report', error),
  })
  return { busy: isPending, save: () => mutate() }
}
