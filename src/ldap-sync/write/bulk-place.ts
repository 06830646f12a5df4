// Why this file exists: the keeper lends a copy of the directory to write a large order into; this asks for it.
import { createConnection, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

export interface BulkPlace {
  /** `undefined`: not now; the orders go one by one. */
  readonly open: (orders: number) => Promise<LentCopy | undefined>
}

/** Disposed of, it leaves the directory as it is, and open to others again. */
export interface LentCopy extends AsyncDisposable {
  /** What is written there nobody sees. */
  readonly url: string
  /** All of it takes the place of the directory, and is on the disk. `false`: it is not known that it did. */
  readonly publish: () => Promise<boolean>
}

/** A few GiB are copied meanwhile, or synced. */
const answerMillisMax = 150_000

/** At the keeper's socket. */
export function bulkPlaceAt(path: string): BulkPlace {
  return {
    async open(orders) {
      const socket = createConnection(path)
      socket.on('error', () => socket.destroy())
      const [, url] = /^at (.+)$/.exec(await ask(socket, `copy ${orders}`)) ?? []
      if (url === undefined) {
        socket.destroy()
        return undefined
      }
      return {
        url,
        publish: async () => (await ask(socket, 'publish')) === 'done',
        async [Symbol.asyncDispose]() {
          await ask(socket, 'discard')
          socket.destroy()
        },
      }
    },
  }
}

/** Its answer in one line; an empty one when there was none. */
async function ask(socket: Socket, question: string): Promise<string> {
  if (socket.destroyed) return ''
  const { promise, resolve } = Promise.withResolvers<string>()
  const lines = createInterface({ input: socket }).once('line', resolve)
  const closed = (): void => resolve('')
  socket.once('close', closed)
  const late = setTimeout(() => socket.destroy(), answerMillisMax)
  socket.write(`${question}\n`)
  return promise.finally(() => {
    clearTimeout(late)
    socket.off('close', closed)
    lines.close()
  })
}
