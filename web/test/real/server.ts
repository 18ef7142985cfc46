import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BINARY = process.env['STEWARD_LOCAL'] ?? fileURLToPath(new URL('../../../target/debug/local', import.meta.url))
const UP_MS = 30_000

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

/** The embedded stack as started by `make run`, empty, on a free port, with its own data folder. */
export class Server {
  readonly url: string
  private readonly port: number
  private readonly data: string
  private child: ChildProcess | null = null

  private constructor(port: number, data: string) {
    this.port = port
    this.data = data
    this.url = `http://127.0.0.1:${port}`
  }

  static async start(): Promise<Server> {
    const server = new Server(await freePort(), await mkdtemp(join(tmpdir(), 'steward-e2e-')))
    await server.up()
    return server
  }

  /** Starts the process; earlier data is still there. */
  async up(): Promise<void> {
    const env = { ...process.env, PORT: String(this.port), DATA: this.data, DEMO: '0', HOST: '127.0.0.1' }
    const child = spawn(BINARY, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child = child
    let output = ''
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`The server did not come up:\n${output}`)), UP_MS)
      const read = (chunk: Buffer) => {
        output += chunk.toString()
        if (!output.includes('Steward is running at')) return
        clearTimeout(late)
        resolve()
      }
      child.stdout.on('data', read)
      child.stderr.on('data', read)
      child.on('error', reject)
      child.on('exit', (code) => reject(new Error(`The server ended with ${code}:\n${output}`)))
    })
  }

  /** Stops this process only. */
  async down(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.child
    this.child = null
    if (!child || child.exitCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }

  async remove(): Promise<void> {
    await this.down()
    await rm(this.data, { recursive: true, force: true })
  }
}
