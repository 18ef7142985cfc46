import { Download } from 'lucide-react'
import { saveFile } from '@/lib/saveFile'
import { Button } from './Button'

/** New recovery codes, which are shown only once. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  return (
    <div className="flex flex-col gap-4">
      <p className="text-ink-2">
        Each of these codes replaces your second factor once. Keep them somewhere safe; they won’t be shown again.
      </p>
      <ul aria-label="Recovery codes" className="grid grid-cols-1 gap-1 rounded-md bg-sunken p-3 font-mono text-xs">
        {codes.map((code) => (
          <li key={code} className="break-all select-all">
            {code}
          </li>
        ))}
      </ul>
      <Button icon={Download} onClick={() => saveFile('steward-recovery-codes.txt', [`${codes.join('\n')}\n`], 'text/plain')}>
        Download
      </Button>
      <Button variant="primary" onClick={onDone}>
        I’ve kept them
      </Button>
    </div>
  )
}
