import type { LiveEvent, LiveTicket, MissedEvents } from '@/api/types'

/** `live`: events arrive. `connecting`: first attempt. `waiting`: lost, will retry. `stopped`: not wanted. */
export type LiveState = 'connecting' | 'live' | 'waiting' | 'stopped'

export interface LiveOptions {
  ticket: () => Promise<LiveTicket>
  missed: (after: string) => Promise<MissedEvents>
  /** `missed` if the event happened while disconnected: its content may be outdated. */
  onEvent: (event: LiveEvent, missed: boolean) => void
  /** Events were lost: everything shown may be stale. */
  onGap: () => void
  onState: (state: LiveState) => void
  open?: (url: string) => WebSocket
  random?: () => number
}

const HELLO_MS = 10_000
const DEFAULT_HEARTBEAT_S = 30
const FIRST_DELAY_MS = 1000
const LONGEST_DELAY_MS = 30_000
/** Number of ids remembered, to drop an event that arrives both live and through catching up. */
const REMEMBERED = 500

type Message = LiveEvent | { type: 'hello'; heartbeat_seconds?: number } | { type: 'pong' }

function parse(data: unknown): Message | null {
  if (typeof data !== 'string') return null
  try {
    const message: unknown = JSON.parse(data)
    return typeof message === 'object' && message !== null && 'type' in message ? (message as Message) : null
  } catch {
    return null
  }
}

/** A live connection that reconnects by itself and misses no events. */
export class LiveConnection {
  private readonly options: LiveOptions
  private socket: WebSocket | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private heartbeat: ReturnType<typeof setInterval> | undefined
  private attempt = 0
  private running = false
  /** Increases with every socket, so that anything from an older one is ignored. */
  private generation = 0
  private heardAt = 0
  /** The newest processed event; before the first one, the feed's position when the first ticket was created. */
  private lastEventId: string | null = null
  /** Live events that wait until missed events have been processed. */
  private held: LiveEvent[] | null = null
  private readonly seen = new Set<string>()

  constructor(options: LiveOptions) {
    this.options = options
  }

  start(): void {
    if (this.running) return
    this.running = true
    this.options.onState('connecting')
    void this.connect()
  }

  stop(): void {
    this.running = false
    this.drop()
    this.options.onState('stopped')
  }

  /** Reconnects immediately, for instance when the network is back or the page becomes visible. */
  retryNow(): void {
    if (!this.running || this.socket !== null) return
    this.attempt = 0
    this.drop()
    void this.connect()
  }

  private drop(): void {
    this.generation += 1
    clearTimeout(this.timer)
    clearInterval(this.heartbeat)
    const socket = this.socket
    this.socket = null
    this.held = null
    socket?.close()
  }

  private lost(generation: number): void {
    if (generation !== this.generation || !this.running) return
    this.drop()
    this.options.onState('waiting')
    const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.attempt)
    this.attempt += 1
    // Half fixed, half random, so that not everyone reconnects to a restarted server at the same moment.
    const delay = longest / 2 + ((this.options.random ?? Math.random)() * longest) / 2
    this.timer = setTimeout(() => void this.connect(), delay)
  }

  private async connect(): Promise<void> {
    this.generation += 1
    const mine = this.generation
    try {
      const { url, event_id } = await this.options.ticket()
      if (mine !== this.generation) return
      this.lastEventId ??= event_id
      const socket = (this.options.open ?? ((to) => new WebSocket(to)))(url)
      this.socket = socket
      socket.onopen = () => socket.send('{"type":"hello"}')
      socket.onmessage = ({ data }: MessageEvent<unknown>) => this.received(mine, data)
      socket.onclose = () => this.lost(mine)
      socket.onerror = () => this.lost(mine)
      this.timer = setTimeout(() => this.lost(mine), HELLO_MS)
    } catch {
      this.lost(mine)
    }
  }

  private received(generation: number, data: unknown): void {
    if (generation !== this.generation) return
    this.heardAt = Date.now()
    const message = parse(data)
    if (message === null) return
    if (message.type === 'hello') this.greeted(generation, message.heartbeat_seconds ?? DEFAULT_HEARTBEAT_S)
    else if (message.type === 'notification' || message.type === 'changed') this.take(message)
  }

  private greeted(generation: number, heartbeatSeconds: number): void {
    clearTimeout(this.timer)
    this.attempt = 0
    const beat = heartbeatSeconds * 1000
    clearInterval(this.heartbeat)
    this.heartbeat = setInterval(() => {
      if (Date.now() - this.heardAt > beat * 2) this.lost(generation)
      else this.socket?.send('{"type":"ping"}')
    }, beat)
    this.options.onState('live')
    void this.catchUp(generation)
  }

  /** Processes the events missed while connecting or disconnected, then those that arrived meanwhile. */
  private async catchUp(generation: number): Promise<void> {
    const after = this.lastEventId
    if (after === null) return this.options.onGap()
    this.held = []
    try {
      const { items, complete } = await this.options.missed(after)
      if (generation !== this.generation) return
      if (!complete) this.options.onGap()
      items.forEach((event) => this.deliver(event, true))
    } catch {
      if (generation !== this.generation) return
      this.options.onGap()
    }
    const held = this.held ?? []
    this.held = null
    held.forEach((event) => this.deliver(event, false))
  }

  private take(event: LiveEvent): void {
    if (this.held) this.held.push(event)
    else this.deliver(event, false)
  }

  private deliver(event: LiveEvent, missed: boolean): void {
    this.lastEventId = event.event_id
    if (this.seen.has(event.event_id)) return
    this.seen.add(event.event_id)
    if (this.seen.size > REMEMBERED) this.seen.delete(this.seen.values().next().value ?? '')
    this.options.onEvent(event, missed)
  }
}
