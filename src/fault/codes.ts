// Why this file exists: one list of every code, so that each is documented once and none is invented twice.
import { accessFaults } from './codes/access.table.ts'
import { apiFaults } from './codes/api.table.ts'
import { cfgFaults } from './codes/cfg.table.ts'
import { cliFaults } from './codes/cli.table.ts'
import { cluFaults } from './codes/clu.table.ts'
import { dhcpFaults } from './codes/dhcp.table.ts'
import { dirFaults } from './codes/dir.table.ts'
import { dnsFaults } from './codes/dns.table.ts'
import { feedFaults } from './codes/feed.table.ts'
import { hostFaults } from './codes/host.table.ts'
import { hplFaults } from './codes/hpl.table.ts'
import { httpFaults } from './codes/http.table.ts'
import { imgFaults } from './codes/img.table.ts'
import { impFaults } from './codes/imp.table.ts'
import { labFaults } from './codes/lab.table.ts'
import { ldapFaults } from './codes/ldap.table.ts'
import { lvFaults } from './codes/lv.table.ts'
import { netFaults } from './codes/net.table.ts'
import { nfsFaults } from './codes/nfs.table.ts'
import { powFaults } from './codes/pow.table.ts'
import { rcpFaults } from './codes/rcp.table.ts'
import { srvFaults } from './codes/srv.table.ts'
import { stoFaults } from './codes/sto.table.ts'
import { tftpFaults } from './codes/tftp.table.ts'
import { tlsFaults } from './codes/tls.table.ts'
import { vcnFaults } from './codes/vcn.table.ts'
import { voFaults } from './codes/vo.table.ts'
import { vocFaults } from './codes/voc.table.ts'

export const faultTable = {
  ...accessFaults,
  ...apiFaults,
  ...cfgFaults,
  ...cliFaults,
  ...cluFaults,
  ...dhcpFaults,
  ...dirFaults,
  ...dnsFaults,
  ...feedFaults,
  ...hostFaults,
  ...hplFaults,
  ...httpFaults,
  ...imgFaults,
  ...impFaults,
  ...labFaults,
  ...ldapFaults,
  ...lvFaults,
  ...netFaults,
  ...nfsFaults,
  ...powFaults,
  ...rcpFaults,
  ...srvFaults,
  ...stoFaults,
  ...tftpFaults,
  ...tlsFaults,
  ...vcnFaults,
  ...voFaults,
  ...vocFaults,
} as const

export type FaultCode = keyof typeof faultTable

/** A code typed by a person, in any case; `undefined` when there is none like it. */
export function findFaultCode(text: string): FaultCode | undefined {
  const wanted = text.toUpperCase()
  return faultCodes().find((code) => code === wanted)
}

export function faultCodes(): readonly FaultCode[] {
  return Object.keys(faultTable).filter(isFaultCode)
}

function isFaultCode(text: string): text is FaultCode {
  return Object.hasOwn(faultTable, text)
}
