// Why this file exists: a directory of 100,000 machines as `machine add` would write them, as LDIF for slapadd.
import { closeSync, openSync, writeSync } from 'node:fs'

export interface MachineFacts {
  readonly name: string
  readonly mac: string
  readonly address: string
}

export const timedTag = 'timed'
const entriesPerWrite = 1_000
const network = 0x0a_70_00_00 // 10.112.0.0/12
/** 10.112 belongs to the appliance and its client. */
const firstMachine = 0x0a_71_00_00
/** Where machines move to: no machine stands there before. */
const firstMove = 0x0a_7a_00_00

export function machineFacts(number: number): MachineFacts {
  const hex = number.toString(16).padStart(6, '0')
  return {
    name: `n${String(number).padStart(6, '0')}`,
    mac: `52:54:00:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`,
    address: dotted(firstMachine + number),
  }
}

export function moveAddress(number: number): string {
  return dotted(firstMove + number)
}

export function machineDn(name: string, base: string): string {
  return `cn=${name},ou=machines,${base}`
}

/** Those whose changes are timed, spread over the whole tree and tagged for whoever watches them alone. */
export function timedMachines(size: number, count: number): readonly MachineFacts[] {
  const step = Math.max(1, Math.floor(size / count))
  return Array.from({ length: Math.min(size, count) }, (_, at) => machineFacts(at * step))
}

export function writeTree(path: string, base: string, size: number, timedCount: number): void {
  const timed = new Set(timedMachines(size, timedCount).map(({ name }) => name))
  const file = openSync(path, 'w', 0o600)
  writeSync(file, networkLdif(base))
  for (let at = 0; at < size; at += entriesPerWrite) {
    const length = Math.min(entriesPerWrite, size - at)
    const block = Array.from({ length }, (_, each) => machineLdif(at + each, base, timed))
    writeSync(file, block.join(''))
  }
  closeSync(file)
}

function networkLdif(base: string): string {
  return `dn: cn=prov,ou=networks,${base}
objectClass: ipNetwork
objectClass: coppiceNetwork
cn: prov
ipNetworkNumber: ${dotted(network)}
ipNetmaskNumber: 255.240.0.0

`
}

function machineLdif(number: number, base: string, timed: ReadonlySet<string>): string {
  const { name, mac, address } = machineFacts(number)
  const tag = timed.has(name) ? timedTag : `rack${Math.floor(number / 40)}`
  return `dn: ${machineDn(name, base)}
objectClass: device
objectClass: ipHost
objectClass: ieee802Device
objectClass: coppiceMachine
cn: ${name}
ipHostNumber: ${address}
macAddress: ${mac}
serialNumber: SN${String(number).padStart(8, '0')}
coppiceTag: ${tag}

`
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.')
}
