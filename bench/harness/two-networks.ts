// Why this file exists: server and client stand in network namespaces of their own, joined by one cable, so that a bench
// speaks to nobody else and leaves nothing behind.
import { execFileSync } from 'node:child_process'

export interface TwoNetworks extends Disposable {
  readonly server: string
  readonly client: string
  readonly serverAddress: string
  readonly clientAddress: string
}

export const serverInterface = 'prov0'

/** `label` and our process number make the names ours alone. */
export function twoNetworks(label: string): TwoNetworks {
  const server = `cpcb-${label}-${process.pid}-s`
  const client = `cpcb-${label}-${process.pid}-c`
  const [serverAddress, clientAddress] = ['10.112.0.1', '10.112.0.2'] as const
  const ip = (...words: readonly string[]): void => {
    execFileSync('ip', [...words])
  }
  ip('netns', 'add', server)
  ip('netns', 'add', client)
  const cable = ['type', 'veth', 'peer', 'name', 'far0', 'netns', client]
  ip('-n', server, 'link', 'add', serverInterface, ...cable)
  for (const [namespace, device, address] of [
    [server, serverInterface, serverAddress],
    [client, 'far0', clientAddress],
  ] as const) {
    ip('-n', namespace, 'link', 'set', 'lo', 'up')
    ip('-n', namespace, 'address', 'add', `${address}/12`, 'dev', device)
    ip('-n', namespace, 'link', 'set', device, 'up')
  }
  return {
    server,
    client,
    serverAddress,
    clientAddress,
    [Symbol.dispose]() {
      for (const namespace of [server, client]) ip('netns', 'del', namespace)
    },
  }
}
