import { useStore } from '@/lib/store'
import { useMe } from '@/session/useMe'
import { toast } from '@/ui/Toast'
import { fileMistake, fileType } from './file'
import { uploadAdd, uploads, type Target, type UploadItem } from './uploads'

/** The caller's own uploads in progress at a place in the app. */
export function useUploads(place: string): readonly UploadItem[] {
  const me = useMe()
  return useStore(uploads).filter(({ userId, target }) => userId === me.id && target.places.includes(place))
}

/** Uploads the acceptable files and returns, line by line, why the others are refused. */
export function useSendFiles(target: Target): (files: readonly File[]) => string | undefined {
  const me = useMe()
  return (files) => {
    const taken = files.flatMap((file) => {
      const type = fileType(file.name)
      return type && !fileMistake(file) ? [{ file, type }] : []
    })
    uploadAdd(me.id, target, taken)
    const mistakes = files.flatMap((file) => fileMistake(file) ?? [])
    return mistakes.length === 0 ? undefined : mistakes.join('\n')
  }
}

/** Requests a file's URL and lets the browser save the file. */
export async function saveFrom(address: (disposition: 'attachment' | 'inline') => Promise<{ url: string }>): Promise<void> {
  try {
    const { url } = await address('attachment')
    const link = document.createElement('a')
    link.href = url
    link.download = ''
    link.click()
  } catch (error) {
    toast.error('Couldn’t download the file', error)
  }
}
