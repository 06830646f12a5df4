// Why this file exists: machines without a BMC can still be switched on from afar, by a packet that names their MAC.
import { createSocket } from 'node:dgram'
import { formatIp4, type Ip4, type Mac, macToBytes } from '#directory'
import type { PowerLine } from './controller.ts'
import { trouble } from './troubles.ts'

export interface WakeOptions {
  readonly broadcast: Ip4
  readonly port: number
  readonly macs: readonly Mac[]
}

/** Nobody acknowledges it; one in three gets through anywhere. */
const copies = 3

export function wakeLine(options: WakeOptions): PowerLine {
  const where = `wol://${formatIp4(options.broadcast)}:${options.port}`
  return {
    switch: async (to) => {
      if (to === 'off') throw trouble('CPC-POW-005', where, 'wake-on-LAN cannot switch off')
      if (options.macs.length === 0) {
        throw trouble('CPC-POW-005', where, 'the machine has no MAC that could be woken')
      }
      await sendAll(options)
    },
  }
}

/** Six times FF, then the MAC sixteen times. */
export function magicPacket(mac: Mac): Uint8Array {
  const address = macToBytes(mac)
  const packet = new Uint8Array(6 + 16 * address.length).fill(0xff, 0, 6)
  for (let at = 6; at < packet.length; at += address.length) packet.set(address, at)
  return packet
}

async function sendAll({ broadcast, port, macs }: WakeOptions): Promise<void> {
  const socket = createSocket('udp4')
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(0, resolve)
    })
    socket.setBroadcast(true)
    for (const mac of macs) {
      for (let copy = 0; copy < copies; copy += 1) {
        await new Promise<void>((resolve, reject) => {
          socket.send(magicPacket(mac), port, formatIp4(broadcast), (error) =>
            error ? reject(error) : resolve(),
          )
        })
      }
    }
  } finally {
    socket.close()
  }
}
