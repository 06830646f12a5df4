// Why this file exists: nfs-ganesha wants its folders and its configuration before it starts.
import { mkdirSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { Settings } from '#config'
import { Fault } from '#fault'
import { ganeshaConfig } from '#nfs'

/** The argv that serves `settings.images.store` on the first provisioning address. */
export function prepareGanesha(settings: Settings, dataDir: string): readonly string[] {
  const stateDirectory = join(dataDir, 'nfs')
  mkdirSync(stateDirectory, { recursive: true, mode: 0o700 })
  mkdirSync(settings.images.store, { recursive: true })
  // Its build has this folder compiled in.
  mkdirSync('/var/run/ganesha', { recursive: true })
  const config = join(stateDirectory, 'ganesha.conf')
  const bindAddress = firstAddress(settings.interfaces)
  writeFileSync(
    config,
    ganeshaConfig({ bindAddress, exportPath: settings.images.store, stateDirectory }),
  )
  const log = join(stateDirectory, 'ganesha.log')
  return ['ganesha.nfsd', '-F', '-f', config, '-L', log, '-p', join(dataDir, 'run', 'ganesha.lock')]
}

export function firstAddress(interfaces: readonly string[]): string {
  const [name = ''] = interfaces
  const found = networkInterfaces()[name]?.find(({ family }) => family === 'IPv4')
  if (found !== undefined) return found.address
  throw new Fault('CPC-SRV-004', {
    what: 'an interface has no address to serve on',
    where: `coppice.yaml, interfaces: ${name}`,
    why: `${name} is not here or has no IPv4 address`,
    todo: `give it one (ip address add ADDRESS/PREFIX dev ${name}; ip link set ${name} up) or correct interfaces:`,
  })
}
