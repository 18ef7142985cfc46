import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import type { Server } from './server'

/** A line to a server, as far as the browser is concerned the server itself. */
export interface Line {
  url: string
  /** Loses the next answers to `slow` requests: the server has handled them, and the connection breaks. */
  lose: (answers: number) => void
  end: () => void
}

/**
 * A proxy to a server that delays requests matching `slow`, and drops those the browser abandons meanwhile; or delays their answers, which
 * the server then has given to nobody.
 */
export async function distant(
  server: Server,
  slow: RegExp,
  milliseconds: number,
  delayed: 'requests' | 'answers' = 'requests',
): Promise<Line> {
  const open = new Set<Socket>()
  let losing = 0
  const way = createServer((browser) => {
    const steward = connect(Number(new URL(server.url).port), '127.0.0.1')
    for (const end of [browser, steward]) {
      open.add(end)
      end.on('error', () => end.destroy())
      end.on('close', () => [browser, steward].forEach((each) => each.destroy()))
    }
    let isSlow = false
    const late = (what: 'requests' | 'answers') =>
      new Promise((resolve) => setTimeout(resolve, isSlow && what === delayed ? milliseconds : 0))
    let asked: Promise<unknown> = Promise.resolve()
    browser.on('data', (sent: Buffer) => {
      isSlow = slow.test(sent.toString('latin1'))
      asked = asked.then(() => late('requests')).then(() => steward.destroyed || steward.write(sent))
    })
    let answered: Promise<unknown> = Promise.resolve()
    steward.on('data', (sent: Buffer) => {
      if (isSlow && losing > 0) {
        losing -= 1
        browser.destroy()
        return
      }
      answered = answered.then(() => late('answers')).then(() => browser.destroyed || browser.write(sent))
    })
  })
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(way.address() as AddressInfo).port}`,
    lose: (answers) => void (losing = answers),
    end: () => {
      way.close()
      open.forEach((each) => each.destroy())
    },
  }
}
