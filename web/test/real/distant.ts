import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import type { Server } from './server'

/** A way to a server on which whatever `slow` fits takes as long as said, and is lost when the browser lets go of it meanwhile. */
export class Distant {
  readonly url: string
  private readonly close: () => void

  private constructor(url: string, close: () => void) {
    this.url = url
    this.close = close
  }

  static async to(server: Server, slow: RegExp, milliseconds: number): Promise<Distant> {
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
        before = before.then(() => new Promise((resolve) => setTimeout(resolve, late))).then(() => void (steward.destroyed || steward.write(sent)))
      })
    })
    await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve))
    const { port } = way.address() as AddressInfo
    return new Distant(`http://127.0.0.1:${port}`, () => {
      way.close()
      open.forEach((end) => end.destroy())
    })
  }

  end(): void {
    this.close()
  }
}
