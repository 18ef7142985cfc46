import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LiveEvent, MissedEvents } from '@/api/types'
import { LiveConnection, type LiveState } from './connection'

class FakeSocket {
  onmessage: ((event: { data: string }) => void) | null = null
  onopen: (() => void) | null = null
  onclose: (() => void) | null = null
  onerror: (() => void) | null = null
  sent: string[] = []
  closed = false
  send(text: string) {
    this.sent.push(text)
  }
  close() {
    this.closed = true
  }
  says(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
}

const changed = (id: string): LiveEvent => ({
  type: 'changed',
  event_id: id,
  entity_type: 'investor',
  entity_id: 'i',
  version: 1,
  action: 'investor_update',
})
const hello = { type: 'hello', connection_id: 'c', heartbeat_seconds: 30 }

function set(missed: (after: string) => Promise<MissedEvents> = async () => ({ items: [], complete: true })) {
  const sockets: FakeSocket[] = []
  const events: string[] = []
  const received: [string, boolean][] = []
  const states: LiveState[] = []
  const onGap = vi.fn()
  const ticket = vi.fn(async () => ({ url: 'ws://x/live?ticket=1', expires_in: 60, event_id: 'e0' }))
  const missedSpy = vi.fn(missed)
  const connection = new LiveConnection({
    ticket,
    missed: missedSpy,
    onEvent: (event, wasMissed) => {
      events.push(event.event_id)
      received.push([event.event_id, wasMissed])
    },
    onGap,
    onState: (state) => states.push(state),
    open: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket as unknown as WebSocket
    },
    random: () => 1,
  })
  const socket = () => {
    const last = sockets.at(-1)
    if (!last) throw new Error('No socket yet')
    return last
  }
  return { connection, sockets, socket, events, received, states, onGap, ticket, missed: missedSpy }
}

const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('LiveConnection', () => {
  it('is live after ticket and hello, and forwards events', async () => {
    const live = set()
    live.connection.start()
    await settle()
    live.socket().onopen?.()
    expect(live.socket().sent).toEqual(['{"type":"hello"}'])
    live.socket().says(hello)
    await settle()
    live.socket().says(changed('e1'))
    live.socket().says({ type: 'something_new' })
    expect(live.states).toEqual(['connecting', 'live'])
    expect(live.events).toEqual(['e1'])
  })

  it('reports events between ticket and opening as missed', async () => {
    const live = set(async () => ({ items: [changed('e1')], complete: true }))
    live.connection.start()
    await settle()
    live.socket().says(hello)
    live.socket().says(changed('e2'))
    await settle()
    expect(live.missed).toHaveBeenCalledExactlyOnceWith('e0')
    expect(live.received).toEqual([
      ['e1', true],
      ['e2', false],
    ])
  })

  it('sends heartbeats and gives up on a silent server', async () => {
    const live = set()
    live.connection.start()
    await settle()
    live.socket().says(hello)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(live.socket().sent).toEqual(['{"type":"ping"}'])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(live.states.at(-1)).toBe('waiting')
    expect(live.sockets[0]?.closed).toBe(true)
  })

  it('stays connected while pongs arrive', async () => {
    const live = set()
    live.connection.start()
    await settle()
    live.socket().says(hello)
    for (let beat = 0; beat < 10; beat += 1) {
      await vi.advanceTimersByTimeAsync(30_000)
      live.socket().says({ type: 'pong' })
    }
    expect(live.sockets).toHaveLength(1)
  })

  it('backs off after each failure, up to a limit', async () => {
    const live = set()
    live.ticket.mockRejectedValue(new TypeError('down'))
    live.connection.start()
    const waits = [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]
    await settle()
    for (const [index, wait] of waits.entries()) {
      expect(live.ticket).toHaveBeenCalledTimes(index + 1)
      await vi.advanceTimersByTimeAsync(wait - 1)
      expect(live.ticket).toHaveBeenCalledTimes(index + 1)
      await vi.advanceTimersByTimeAsync(1)
    }
  })

  it('gives up on a socket that never greets', async () => {
    const live = set()
    live.connection.start()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(live.states).toEqual(['connecting', 'waiting'])
  })

  it('catches up before live events, each once', async () => {
    const live = set(async () => ({ items: [changed('e2'), changed('e3')], complete: true }))
    live.connection.start()
    await settle()
    live.missed.mockResolvedValueOnce({ items: [], complete: true })
    live.socket().says(hello)
    await settle()
    live.socket().says(changed('e1'))
    live.socket().onclose?.()
    await vi.advanceTimersByTimeAsync(1000)
    live.socket().says(hello)
    live.socket().says(changed('e3'))
    live.socket().says(changed('e4'))
    await settle()
    expect(live.missed).toHaveBeenNthCalledWith(2, 'e1')
    expect(live.events).toEqual(['e1', 'e2', 'e3', 'e4'])
    expect(live.onGap).not.toHaveBeenCalled()
  })

  it.each([
    ['too much was missed', async () => ({ items: [], complete: false })],
    ['what was missed cannot be had', async () => Promise.reject(new TypeError('down'))],
  ])('reports a gap when %s', async (_why, missed: () => Promise<MissedEvents>) => {
    const live = set(missed)
    live.connection.start()
    await settle()
    live.missed.mockResolvedValueOnce({ items: [], complete: true })
    live.socket().says(hello)
    await settle()
    live.socket().says(changed('e1'))
    live.socket().onclose?.()
    await vi.advanceTimersByTimeAsync(1000)
    live.socket().says(hello)
    live.socket().says(changed('e9'))
    await settle()
    expect(live.onGap).toHaveBeenCalledOnce()
    expect(live.events).toEqual(['e1', 'e9'])
  })

  it('catches up from its first ticket if lost early', async () => {
    const live = set()
    live.connection.start()
    await settle()
    live.ticket.mockResolvedValue({ url: 'ws://x/live?ticket=2', expires_in: 60, event_id: 'e5' })
    live.socket().says(hello)
    live.socket().onclose?.()
    await vi.advanceTimersByTimeAsync(1000)
    live.socket().says(hello)
    await settle()
    expect(live.missed).toHaveBeenLastCalledWith('e0')
    expect(live.onGap).not.toHaveBeenCalled()
  })

  it('reconnects immediately on request, but not once stopped', async () => {
    const live = set()
    live.connection.start()
    await settle()
    live.socket().onclose?.()
    live.connection.retryNow()
    await settle()
    expect(live.sockets).toHaveLength(2)
    live.connection.stop()
    live.sockets[1]?.onclose?.()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(live.sockets).toHaveLength(2)
    expect(live.states.at(-1)).toBe('stopped')
  })
})
