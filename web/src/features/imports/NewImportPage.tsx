import { useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, getRouteApi, useNavigate } from '@tanstack/react-router'
import { FileSpreadsheet } from 'lucide-react'
import { useState } from 'react'
import { keys } from '@/api/keys'
import { IMPORT_FIELDS } from '@/api/words'
import { formatSize } from '@/lib/size'
import { usePageTitle } from '@/lib/title'
import { Button } from '@/ui/Button'
import { DropZone } from '@/ui/DropZone'
import { PageHeader } from '@/ui/PageHeader'
import { ProgressBar } from '@/ui/ProgressBar'
import { FormError } from '@/ui/states'
import { fileMistake, formatCount, MAX_BYTES } from './file'
import { KINDS } from './kinds'
import { Steps } from './Steps'
import { useUpload, type UploadState } from './useUpload'

export const Route = createLazyRoute('/shell/imports/new')({ component: NewImportPage })
const route = getRouteApi('/shell/imports/new')

function Sending({ state, onStop }: { state: Extract<UploadState, { step: 'sending' }>; onStop: () => void }) {
  const { file, sent } = state
  const share = file.size === 0 ? 0 : sent / file.size
  return (
    <div className="rounded-lg border border-line bg-surface p-4">
      <div className="mb-3 flex items-center gap-3">
        <FileSpreadsheet className="size-5 shrink-0 text-ink-3" aria-hidden />
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">{file.name}</p>
          <p className="tabular text-xs text-ink-3">
            {share >= 1 ? 'Reading the columns…' : `${formatSize(sent)} of ${formatSize(file.size)}`}
          </p>
        </div>
        <Button onClick={onStop}>Cancel</Button>
      </div>
      <ProgressBar value={share} label={`Uploading ${file.name}`} />
    </div>
  )
}

function NewImportPage() {
  usePageTitle('Imports', 'New import')
  const { kind: asked, product } = route.useSearch()
  // Requirements and tasks need a product; without one, the URL is treated as an import of investors.
  const kind = asked && product ? asked : 'investors'
  const words = KINDS[kind]
  const navigate = useNavigate()
  const client = useQueryClient()
  const [mistake, setMistake] = useState<string>()
  const upload = useUpload(kind === 'investors' ? { kind } : { kind, product_id: product }, (importId) => {
    void client.invalidateQueries({ queryKey: keys.imports.list })
    void navigate({ to: '/imports/$importId', params: { importId }, replace: true })
  })
  const take = (file: File) => {
    const found = fileMistake(file)
    setMistake(found)
    if (!found) upload.send(file)
  }
  const { state } = upload
  return (
    <>
      <PageHeader
        title={`Import ${words.many}`}
        actions={
          <span className="max-md:hidden">
            <Steps current="Upload" />
          </span>
        }
      />
      <div className="mx-auto flex max-w-3xl flex-col gap-4 px-4 py-6 md:px-6 md:py-8">
        <div className="md:hidden">
          <Steps current="Upload" />
        </div>
        {state.step === 'sending' ? (
          <Sending state={state} onStop={upload.stop} />
        ) : (
          <>
            {state.step === 'refused' && (
              <div className="flex flex-col gap-2">
                <FormError error={state.problem} />
                <div>
                  <Button onClick={() => upload.send(state.file)}>Try {state.file.name} again</Button>
                </div>
              </div>
            )}
            <DropZone
              icon={FileSpreadsheet}
              label="CSV file"
              drop="Drop a CSV file here"
              choose="Choose a CSV file"
              accept=".csv,.tsv,.txt,text/csv"
              onFiles={([file]) => file && take(file)}
              problem={mistake}
            >
              The first row names the columns; each row below is one {words.one}. Up to {formatSize(MAX_BYTES)} and{' '}
              {formatCount(words.mostRows)} rows.
            </DropZone>
          </>
        )}
        <section className="text-ink-2">
          <h2 className="mb-1 font-semibold text-ink">Fields you can import</h2>
          <p>
            {words.fields.map((field) => IMPORT_FIELDS[field]).join(', ')}. On the next page you map columns to fields. Nothing is written
            until you’ve checked the result.
          </p>
        </section>
      </div>
    </>
  )
}
