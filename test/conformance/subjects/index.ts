// Why this file exists: who can be asked, by name.
import type { Subject } from '../harness/subject.ts'
import { coppice } from './coppice.ts'
import { dnsmasqAuthority, knot } from './dns-peers.ts'
import { dnsmasq } from './dnsmasq.ts'
import { iscDhcpd } from './isc-dhcpd.ts'
import { kea } from './kea.ts'
import { atftpd, tftpdHpa } from './tftp-peers.ts'

export const subjects: readonly Subject[] = [
  coppice,
  dnsmasq,
  iscDhcpd,
  kea,
  tftpdHpa,
  atftpd,
  knot,
  dnsmasqAuthority,
]

export function subjectNamed(name: string): Subject {
  const found = subjects.find((one) => one.name === name)
  if (found) return found
  throw new Error(`SUBJECT is one of ${subjects.map((one) => one.name).join(', ')}, not ${name}`)
}
