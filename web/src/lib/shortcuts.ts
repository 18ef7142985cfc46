import { useEffect, useRef } from 'react'
import { createStore, createStoredStore, useStore } from './store'

export interface Shortcut {
  /** One key or a sequence of two, in terms of `KeyboardEvent.key`: `"j"`, `"g i"`, `"?"`. */
  keys: string
  label: string
  group: string
  run: () => void
}

const SEQUENCE_MS = 1200
const shortcuts = createStore<readonly Shortcut[]>([])

/** Single-key shortcuts can be turned off (WCAG 2.1.4: speech input types letters). */
export const shortcutsOn = createStoredStore('shortcuts', true, (value): value is boolean => typeof value === 'boolean')

export function useShortcuts(): readonly Shortcut[] {
  return useStore(shortcuts)
}

/** Registers a shortcut while the component is mounted; for the same key, the newest wins. */
export function useShortcut(keys: string, label: string, run: () => void, group = 'This page', enabled = true): void {
  const latest = useRef(run)
  useEffect(() => {
    latest.current = run
  })
  useEffect(() => {
    if (!enabled) return
    const added: Shortcut = { keys, label, group, run: () => latest.current() }
    shortcuts.set((known) => [...known, added])
    return () => shortcuts.set((known) => known.filter((one) => one !== added))
  }, [keys, label, group, enabled])
}

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  // An open dialog or menu captures the keyboard.
  if (document.querySelector('[role="dialog"][data-state="open"], [role="menu"][data-state="open"]')) return true
  return target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable="true"]') !== null
}

/** Starts listening for shortcuts; returns a function that stops it. */
export function listenForShortcuts(target: Window = window): () => void {
  let first = ''
  let firstAt = 0
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (!shortcutsOn.get() || typing(event.target)) return
    const known = shortcuts.get()
    const sequence = first !== '' && event.timeStamp - firstAt < SEQUENCE_MS ? `${first} ${event.key}` : ''
    const hit = known.findLast(({ keys }) => keys === sequence) ?? known.findLast(({ keys }) => keys === event.key)
    first = ''
    if (hit) {
      event.preventDefault()
      hit.run()
    } else if (known.some(({ keys }) => keys.startsWith(`${event.key} `))) {
      first = event.key
      firstAt = event.timeStamp
    }
  }
  target.addEventListener('keydown', onKey)
  return () => target.removeEventListener('keydown', onKey)
}
