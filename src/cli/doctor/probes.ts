// Why this file exists: what doctor wants to know, asked of the machine that it runs on.
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { Fault } from '#fault'
import type { StatusView } from '#api'
import type { Probes } from './examine.ts'

/** How the appliance is that serves from a data directory. */
export type AskStatus = (dataDir: string) => Promise<StatusView>

export function systemProbes(appliance: AskStatus): Probes {
  return {
    isThere: existsSync,
    isWritable: (path) => {
      try {
        accessSync(path, constants.W_OK)
        return true
      } catch {
        return false
      }
    },
    isServing,
    otherServers: async (dataDir) => (await appliance(dataDir)).otherDhcpServers,
    now: Date.now,
    isRoot: () => process.getuid?.() === 0,
    interfaces: () =>
      new Map(
        Object.entries(networkInterfaces()).map(([name, addresses = []]) => [
          name,
          addresses.filter(({ family }) => family === 'IPv4').map(({ address }) => address),
        ]),
      ),
    whyNotFree: (kind, address, port) =>
      kind === 'udp' ? whyNotUdp(address, port) : whyNotTcp(address, port),
    freeBytes: (path) => {
      const { bavail, bsize } = statfsSync(path)
      return bavail * bsize
    },
    install,
  }
}

/** `serve` leaves its process number in its data directory. */
function isServing(dataDir: string): boolean {
  try {
    const keeper = Number(readFileSync(join(dataDir, 'run', 'serve.pid'), 'utf8'))
    process.kill(keeper, 0)
    return readFileSync(`/proc/${keeper}/cmdline`, 'utf8').includes('serve')
  } catch {
    return false
  }
}

function whyNotUdp(address: string, port: number): Promise<string | undefined> {
  const socket = createSocket('udp4')
  return new Promise((resolve) => {
    socket.once('error', (error) => {
      socket.close()
      resolve(error.message)
    })
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve(undefined)))
  })
}

function whyNotTcp(host: string, port: number): Promise<string | undefined> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(error.message))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

/** What apt-get says is for the eyes of the user; stdout stays free for our answer. */
async function install(packages: readonly string[]): Promise<void> {
  const argv = ['install', '--yes', '--no-install-recommends', ...packages]
  const ended = Promise.withResolvers<string | undefined>()
  const child = spawn('apt-get', argv, { stdio: ['ignore', process.stderr, process.stderr] })
  child.once('error', (error) => ended.resolve(error.message))
  child.once('exit', (status) =>
    ended.resolve(status === 0 ? undefined : `apt-get ended with ${status}`),
  )
  const why = await ended.promise
  if (why === undefined) return
  throw new Fault('CPC-CLI-011', {
    what: 'what is missing could not be installed',
    where: ['apt-get', ...argv].join(' '),
    why,
    todo: 'do what apt-get says above; as root, after: apt-get update',
  })
}
