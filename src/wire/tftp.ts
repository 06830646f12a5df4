// Why this file exists: TFTP's sockets: one to be asked at, and one for each transfer.
import { openBoundUdp } from '#net'
import { TftpServer } from '#pxe'
import type { Closer, WireContext } from './context.ts'
import { listeningPlaces } from './dns.ts'

const tftpPort = 69

export async function openTftp(context: WireContext): Promise<Closer> {
  const { places, files, clock, onTransfer } = context
  const servers: TftpServer[] = []
  for (const at of listeningPlaces(places)) {
    const port = await openBoundUdp({ ...at, port: tftpPort })
    servers.push(
      new TftpServer({
        port,
        openTransferPort: () => openBoundUdp({ ...at, port: 0 }),
        files,
        clock: { now: () => clock().monotonicMs, wall: () => clock().wallMs, every },
        onTransfer,
      }),
    )
  }
  return {
    async close() {
      await Promise.all(servers.map((server) => server.close()))
    },
  }
}

function every(millis: number, call: () => void): () => void {
  const timer = setInterval(call, millis)
  return () => clearInterval(timer)
}
