import { Suspense, lazy } from 'react'
import { cx } from '@/lib/cx'

const MarkdownText = lazy(() => import('./MarkdownText'))

export interface MarkdownProps {
  text: string
  /** Names by the username after an @; these are rendered as people. */
  mentions?: ReadonlyMap<string, string>
  className?: string
}

/** A Markdown text (GitHub flavor). HTML in it is shown as text; the renderer loads with the first text, which is plain until then. */
export function Markdown({ text, mentions, className }: MarkdownProps) {
  return (
    <div className={cx('markdown min-w-0 break-words', className)}>
      <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
        <MarkdownText text={text} mentions={mentions} />
      </Suspense>
    </div>
  )
}
