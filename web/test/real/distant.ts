import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import type { Server } from './server'

/** A proxy to a server that delays requests matching `slow`, and drops those the browser abandons meanwhile. */
export async function distant(server: Server, slow: RegExp, milliseconds: number): Promise<{ url: string; end: () => void }> {
  const open = new Set<Socket>()
  const way = createServer((browser) => {
    const steward = connect(Number(new URL(server.url).port), '127.0.0.1')
    for (const end of [browser, steward]) {
      open.add(end)
      end.on('error', () => end.destroy())
      end.on('close', () => [browser, steward].forEach((each) => each.destroy()))
    }
    steward.pipe(browser)
    let before = Promise.resolve()
    browser.on('data', (sent: Buffer) => {
      const late = slow.test(sent.toString('latin1')) ? milliseconds : 0
      before = before
        .then(() => new Promise((resolve) => setTimeout(resolve, late)))
        .then(() => void (steward.destroyed || steward.write(sent)))
    })
  })
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve))
  const end = () => {
    way.close()
    open.forEach((each) => each.destroy())
  }
  return { url: `http://127.0.0.1:${(way.address() as AddressInfo).port}`, end }
}
