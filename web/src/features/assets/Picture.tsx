import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { keys } from '@/api/keys'
import type { Asset } from '@/api/types'
import { FileIcon } from '@/shell/uploads/FileIcon'
import { fetchFile } from '@/shell/uploads/Preview'
import { Skeleton } from '@/ui/states'
import { newestOf } from './useAssets'

/** Larger pictures are not loaded for thumbnails. */
const MAX_BYTES = 8_000_000
const AHEAD = '200px'

/** Whether an element is near the visible part of the page. */
function useSeen() {
  const box = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    const element = box.current
    if (!element || seen) return
    const observer = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && setSeen(true), {
      rootMargin: AHEAD,
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [seen])
  return { box, seen }
}

/** Renders bytes as a picture; if that fails, the file icon is shown instead. */
function Drawn({ file, name, fallback }: { file: Blob; name: string; fallback: React.ReactNode }) {
  const picture = useRef<HTMLImageElement>(null)
  const [broken, setBroken] = useState(false)
  useEffect(() => {
    const url = URL.createObjectURL(file)
    if (picture.current) picture.current.src = url
    return () => URL.revokeObjectURL(url)
  }, [file])
  return broken ? fallback : <img ref={picture} alt={name} className="size-full object-contain" onError={() => setBroken(true)} />
}

/** An asset's thumbnail: its picture, or an icon for its file type. */
export function Picture({ asset }: { asset: Asset }) {
  const { box, seen } = useSeen()
  const isPicture = asset.status === 'available' && asset.content_type.startsWith('image/') && asset.size <= MAX_BYTES
  const { data, isPending } = useQuery({
    queryKey: keys.assets.picture(asset.id, asset.file_version),
    queryFn: ({ signal }) => fetchFile(newestOf(asset), signal),
    enabled: isPicture && seen,
    // A version's file never changes.
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const icon = (
    <span className="scale-150">
      <FileIcon type={asset.content_type} />
    </span>
  )
  return (
    <div ref={box} className="grid aspect-4/3 place-items-center overflow-hidden rounded-md border border-line bg-sunken p-1">
      {data ? (
        <Drawn key={asset.file_version} file={data} name={asset.name} fallback={icon} />
      ) : isPicture && isPending && seen ? (
        <Skeleton className="size-full" />
      ) : (
        icon
      )}
    </div>
  )
}
