/** A form that may hold unsaved input. */
export interface Unsaved {
  /** The dialogs and panels around the form, outermost first. */
  scope: readonly string[]
  isDirty: () => boolean
  /** Stops asking about this input; it stays a draft. */
  release: () => void
  /** Throws the input and its draft away. */
  discard: () => void
}

const forms = new Set<Unsaved>()

/** Registers a form while it is mounted. */
export function watchUnsaved(form: Unsaved): () => void {
  forms.add(form)
  return () => void forms.delete(form)
}

/** The forms with unsaved input inside a dialog or panel, or in the whole page. */
export function unsavedIn(scope?: string): Unsaved[] {
  return [...forms].filter((form) => (scope === undefined || form.scope.includes(scope)) && form.isDirty())
}
