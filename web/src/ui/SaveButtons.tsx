import { Button } from './Button'

interface SaveButtonsProps {
  edited: boolean
  busy: boolean
  onDiscard: () => void
}

/** The buttons of a form for something that exists: discard while something is edited, and save. */
export function SaveButtons({ edited, busy, onDiscard }: SaveButtonsProps) {
  return (
    <>
      {edited && (
        <Button variant="quiet" onClick={onDiscard}>
          Discard
        </Button>
      )}
      <Button type="submit" variant="primary" busy={busy} disabled={!edited}>
        Save
      </Button>
    </>
  )
}
