import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { keys } from '@/api/keys'
import { liveEventList, liveTicketCreate } from '@/api/live'
import type { Notification } from '@/api/types'
import { createStore, useStore } from '@/lib/store'
import { notifyChange } from './changes'
import { LiveConnection, type LiveState } from './connection'
import { StaleBatch, staleAfter } from './stale'

const state = createStore<LiveState>('stopped')

/** State of the live connection. */
export function useLiveState(): LiveState {
  return useStore(state)
}

/** Calls back with each new state of the live connection. */
export function onLiveState(listener: (next: LiveState) => void): () => void {
  return state.subscribe(() => listener(state.get()))
}

/** Keeps displayed data up to date while mounted; `onNotification` is called for each new one. Mounted once, by the shell. */
export function useLive(onNotification: (notification: Notification) => void): void {
  const client = useQueryClient()
  useEffect(() => {
    const batch = new StaleBatch(client)
    const connection = new LiveConnection({
      ticket: liveTicketCreate,
      missed: liveEventList,
      onState: (next) => state.set(next),
      onGap: () => void client.invalidateQueries(),
      onEvent: (event, missed) => {
        if (event.type === 'changed') {
          notifyChange(event)
          return batch.add(staleAfter(event))
        }
        batch.add([['notifications', 'list']])
        // Earlier ones may have been read since.
        if (missed) return batch.add([keys.notifications.unread])
        client.setQueryData(keys.notifications.unread, event.unread_count)
        onNotification(event.notification)
      },
    })
    const retry = () => document.visibilityState === 'visible' && connection.retryNow()
    window.addEventListener('online', retry)
    document.addEventListener('visibilitychange', retry)
    connection.start()
    return () => {
      window.removeEventListener('online', retry)
      document.removeEventListener('visibilitychange', retry)
      connection.stop()
      batch.clear()
    }
  }, [client, onNotification])
}
