import { Link } from '@tanstack/react-router'
import { FileX2 } from 'lucide-react'
import type { Problem } from '@/api/problem'
import type { ImportEncoding } from '@/api/types'
import { Button, buttonClass } from '@/ui/Button'

export interface UnreadableProps {
  problem: Problem
  encoding: ImportEncoding
  onEncoding: (encoding: ImportEncoding) => void
}

/** A file that can't be previewed: its problems row by row, and what to do next. */
export function Unreadable({ problem, encoding, onEncoding }: UnreadableProps) {
  const wrongLetters = problem.errors.some((error) => error.code === 'not_utf8')
  return (
    <div role="alert" className="mx-auto flex max-w-xl flex-col items-center py-12 text-center">
      <span className="mb-3 grid size-10 place-items-center rounded-lg bg-red-bg text-red">
        <FileX2 className="size-5" aria-hidden />
      </span>
      <h2 className="text-base font-semibold">{problem.status === 409 ? 'The file hasn’t arrived' : 'The file can’t be read'}</h2>
      {problem.errors.length > 0 ? (
        <ul className="mt-2 w-full divide-y divide-line rounded-lg border border-line bg-surface text-left">
          {problem.errors.slice(0, 8).map((error, index) => (
            <li key={index} className="flex gap-3 px-4 py-2">
              <span className="tabular w-16 shrink-0 text-ink-3">{error.field}</span>
              {error.message}
            </li>
          ))}
        </ul>
      ) : (
        <p className="mt-1 text-ink-2">{problem.detail}</p>
      )}
      <div className="mt-4 flex flex-wrap justify-center gap-2">
        {wrongLetters && encoding === 'utf-8' && (
          <Button variant="primary" onClick={() => onEncoding('windows-1252')}>
            Read as Windows-1252
          </Button>
        )}
        {encoding !== 'utf-8' && <Button onClick={() => onEncoding('utf-8')}>Read as UTF-8</Button>}
        <Link to="/imports/new" className={buttonClass(wrongLetters ? 'secondary' : 'primary')}>
          Choose another file
        </Link>
      </div>
    </div>
  )
}
