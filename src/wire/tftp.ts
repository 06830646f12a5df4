// Why this file exists: TFTP's sockets: one to be asked at, and one for each transfer.
import { openBoundUdp } from '#net'
import { TftpServer, type TftpServerOptions } from '#pxe'
import type { Closer, WireContext } from './context.ts'
import { listeningPlaces } from './dns.ts'

const tftpPort = 69
/** A thousand machines ask within one second; by default the kernel keeps some 270 requests. */
const requestBufferBytes = 4_194_304

export async function openTftp({
  places,
  files,
  clock,
  onTransfer,
  count,
}: WireContext): Promise<Closer> {
  const servers: TftpServer[] = []
  const time = { now: () => clock().monotonicMs, wall: () => clock().wallMs }
  for (const at of listeningPlaces(places))
    servers.push(
      await openTftpAt(at, {
        files,
        clock: time,
        onTransfer,
        count: (rule) => count(`tftp ${rule}`),
      }),
    )
  return {
    async close() {
      await Promise.all(servers.map((server) => server.close()))
    },
  }
}

export interface TftpPlace {
  readonly interfaceName: string
  readonly address: string
}

type Parts = Pick<TftpServerOptions, 'files' | 'onTransfer' | 'count'> & {
  readonly clock: Omit<TftpServerOptions['clock'], 'every'>
}

export async function openTftpAt(at: TftpPlace, parts: Parts): Promise<TftpServer> {
  const port = await openBoundUdp({
    ...at,
    port: tftpPort,
    receiveBufferBytes: requestBufferBytes,
  })
  return new TftpServer({
    ...parts,
    port,
    openTransferPort: () => openBoundUdp({ ...at, port: 0 }),
    clock: { ...parts.clock, every },
  })
}

function every(millis: number, call: () => void): () => void {
  const timer = setInterval(call, millis)
  return () => clearInterval(timer)
}
