// Why this file exists: TFTP's servers differ when one packet is lost; this stands between client and server on
// loopback and loses exactly one block, once.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { TestContext } from 'node:test'

const host = '127.0.0.1'
const opcodeData = 3

/** The port to be asked at, for one client. */
export async function startLossyRelay(
  context: TestContext,
  serverPort: number,
  lostBlock: number,
): Promise<number> {
  const toClient = createSocket('udp4')
  const toServer = createSocket('udp4')
  context.after(() => {
    toClient.close()
    toServer.close()
  })
  let clientPort = 0
  let transferPort = serverPort
  let lost = false
  toClient.on('message', (bytes, from) => {
    clientPort = from.port
    toServer.send(bytes, transferPort, host)
  })
  toServer.on('message', (bytes, from) => {
    transferPort = from.port
    const isLost =
      !lost && bytes.readUInt16BE(0) === opcodeData && bytes.readUInt16BE(2) === lostBlock
    if (isLost) lost = true
    else toClient.send(bytes, clientPort, host)
  })
  toClient.bind(0, host)
  await once(toClient, 'listening')
  return toClient.address().port
}
