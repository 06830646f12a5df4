// Why this file exists: an upload that breaks off must leave nothing, neither in the list nor on the disk; here half an
// image is sent and the connection torn, as a network does it.
import { existsSync, openSync, readdirSync, readSync, closeSync, statSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { apiSocket, askApi } from '../appliance.ts'
import { textMember } from '../json.ts'
import { until } from '../processes.ts'
import { demand } from './promise.ts'
import type { ClusterRun } from './site.ts'
import { itemsOf } from './views.ts'

const name = 'torn'
const pieceBytes = 256 * 1024
const arrivalMsMax = 20_000
const cleanMsMax = 20_000

export async function cutUpload({ run, disks, main }: ClusterRun): Promise<void> {
  const { plan } = run
  const store = `${plan.dataDir}/images`
  const before = filesIn(store)
  const socket = connect(apiSocket(plan))
  await once(socket, 'connect')
  socket.on('error', () => undefined)
  await sendHalf(socket, disks.compute, `/v1/images/${main.vo}/${name}`)
  const chapter = 'an upload that is cut off'
  const arrived = await until(() => filesIn(store).length > before.length, arrivalMsMax)
  const promise = 'half an image was on its way into the store when it was cut off'
  demand(arrived, { chapter, promise, found: filesIn(store).join(' ') }, run)
  socket.destroy()
  const left = (): readonly string[] => filesIn(store).filter((file) => !before.includes(file))
  await until(() => left().length === 0, cleanMsMax)
  const nothing = 'nothing of it is left in the store'
  demand(left().length === 0, { chapter, promise: nothing, found: left().join(' ') }, run)
  const listed = itemsOf(await askApi(plan, '/v1/images')).map((one) => textMember(one, 'name'))
  const unlisted = 'it is not listed'
  demand(!listed.includes(name), { chapter, promise: unlisted, found: listed.join(' ') }, run)
}

async function sendHalf(socket: Socket, file: string, path: string): Promise<void> {
  const { size } = statSync(file)
  const head = [
    `POST ${path}?bytes=${size} HTTP/1.1`,
    'host: appliance',
    'content-type: application/octet-stream',
    `content-length: ${size}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  const from = openSync(file, 'r')
  try {
    for (let sent = 0; sent < size / 2; sent += pieceBytes) {
      const piece = Buffer.alloc(pieceBytes)
      const read = readSync(from, piece)
      if (!socket.write(piece.subarray(0, read))) await once(socket, 'drain')
    }
  } finally {
    closeSync(from)
  }
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => `${item.parentPath}/${item.name}`)
    .toSorted()
}
