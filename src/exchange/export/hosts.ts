// Why this file exists: /etc/hosts and /etc/ethers, as tools want them that ask neither DNS nor LDAP.
import { type DnsName, formatIp4, type Ip4, joinName, type Snapshot } from '#directory'
import { cardsOf, devicesOf } from './devices.ts'

/** By address, each with the name that DNS leads back to, its short form, and aliases. */
export function* hostsLines(snapshot: Snapshot): Generator<string> {
  const { domain } = snapshot
  yield `# Names and addresses of ${domain}`
  const lines: { readonly address: Ip4; readonly names: readonly string[] }[] = []
  for (const device of devicesOf(snapshot)) {
    cardsOf(device).forEach(({ name, addresses }, index) => {
      const names = [`${name}.${domain}`, name]
      addresses.forEach((address) => {
        // Aliases lead to a machine's own card, not to the others.
        const aliases: readonly DnsName[] = index === 0 ? device.aliases : []
        lines.push({
          address,
          names: [...names, ...aliases.filter((alias) => joinName(alias, domain))],
        })
      })
    })
  }
  for (const { address, names } of lines.toSorted((one, other) => one.address - other.address)) {
    yield `${formatIp4(address)}\t${names.join(' ')}`
  }
}

export function* ethersLines(snapshot: Snapshot): Generator<string> {
  yield `# Cards of ${snapshot.domain}`
  for (const device of devicesOf(snapshot)) {
    for (const { name, nic } of cardsOf(device)) {
      for (const mac of nic.macs.toSorted()) yield `${mac} ${name}`
    }
  }
}
