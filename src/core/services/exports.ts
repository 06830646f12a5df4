// Why this file exists: what leaves the appliance as a file is made of the snapshot of this very moment, with the serial
// and the addresses that its own DNS tells.
import type { Services } from '#api'
import { parseDnsName } from '#directory'
import {
  expireSeconds,
  negativeSeconds,
  personName,
  recordSeconds,
  refreshSeconds,
  retrySeconds,
  serverName,
} from '#dns'
import { exportFile, exportZone, zoneNames } from '#exchange'
import { Fault } from '#fault'
import type { ServiceContext } from './context.ts'
import { ldifChunks } from './export-ldif.ts'

const zonesToldMax = 20

export function exportServices(context: ServiceContext): Services['exports'] {
  return {
    file(format, zone) {
      const snapshot = context.snapshot()
      switch (format) {
        case 'ldif':
          return ldifChunks(snapshot, context.sync.writer.base)
        case 'zone':
          return zoneFile(zone ?? snapshot.domain, context)
        case 'hosts':
        case 'ethers':
        case 'csv':
        case 'dhcpd':
        case 'dnsmasq':
          return exportFile(snapshot, format)
      }
    },
  }
}

function zoneFile(
  text: string,
  { snapshot, directory, applianceAddresses }: ServiceContext,
): Iterable<string> {
  const now = snapshot()
  const { domain } = now
  const chunks = exportZone(now, parseDnsName(text) ?? text, {
    serial: directory.serial,
    server: serverName(domain),
    person: personName(domain),
    serverAddresses: applianceAddresses,
    recordSeconds,
    refreshSeconds,
    retrySeconds,
    expireSeconds,
    negativeSeconds,
  })
  if (chunks !== undefined) return chunks
  const names = zoneNames(now)
  const more = names.length - zonesToldMax
  const told = [...names.slice(0, zonesToldMax), ...(more > 0 ? [`and ${more} more`] : [])]
  throw new Fault('CPC-IMP-005', {
    what: `there is no zone ${JSON.stringify(text)}`,
    where: 'the zones of the appliance',
    why: `it serves ${told.join(', ')}`,
    todo: 'name one of these',
  })
}
