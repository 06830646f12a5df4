// Why this file exists: a packet that somebody captured is answered here as it would be on the wire, each by itself, and
// nothing comes of it. What it says is told in words; a packet that nobody can read is a reason, never a crash.
import { contains, formatIp4 } from '#directory'
import { explainQuery } from '#dns'
import type { Fact, ForeignPacket, Told } from '#feed'
import { decodeDhcp, describeMessage, explainTftp, outcomeFacts, refusedFact } from '#pxe'
import type { Explaining } from './explaining.ts'
import { arrivalAt, type ExplainedEnd } from './places.ts'

export function explainPackets(
  packets: readonly ForeignPacket[],
  explaining: Omit<Explaining, 'instead'>,
): Told {
  const facts = packets.flatMap((packet, at) =>
    factsOf(packet, explaining).map((fact): Fact => ({ ...fact, packet: at })),
  )
  return { subject: 'packets', facts }
}

function factsOf(packet: ForeignPacket, explaining: Omit<Explaining, 'instead'>): readonly Fact[] {
  const bytes = Uint8Array.fromHex(packet.payload)
  const end = endFor(packet, explaining.ends)
  if (!end) return [{ topic: 'packet', text: 'no answer: no interface of ours is served' }]
  switch (packet.protocol) {
    case 'dhcp':
      return dhcpFacts(bytes, packet, end)
    case 'dns': {
      const view = end.zone?.()
      if (!view) return [{ topic: 'dns', text: 'no answer: DNS is off', rule: 'off' }]
      return [explainQuery(bytes, { view, forwarding: end.forwarding }, packet.from)]
    }
    case 'tftp':
      return explainTftp(bytes, explaining.files)
  }
}

/** Where its sender is, as far as its address tells; else the first interface. */
function endFor({ from }: ForeignPacket, ends: readonly ExplainedEnd[]): ExplainedEnd | undefined {
  const near = ends.find(({ place }) => place.subnets.some((subnet) => contains(subnet, from)))
  return near ?? ends[0]
}

function dhcpFacts(bytes: Uint8Array, packet: ForeignPacket, end: ExplainedEnd): readonly Fact[] {
  const decoded = decodeDhcp(bytes)
  if (!decoded.ok) return [refusedFact(decoded.refusal)]
  const said = describeMessage(decoded.value).map((text): Fact => ({ topic: 'said', text }))
  const { mac, giaddr } = decoded.value
  const who: Fact = {
    topic: 'packet',
    text: [mac ?? 'no card', ...(giaddr === 0 ? [] : [`by relay ${formatIp4(giaddr)}`])].join(' '),
    ...(mac && { values: { mac } }),
  }
  if (!end.dhcp)
    return [who, ...said, { topic: 'dhcp', text: 'no answer: DHCP is off', rule: 'off' }]
  const arrival = { ...arrivalAt(end.place, packet.from, packet.fromPort), port: packet.toPort }
  const judged = end.dhcp.judge(bytes, arrival)
  return [
    who,
    ...said,
    ...(judged.ok ? outcomeFacts(judged.outcome) : [refusedFact(judged.refusal)]),
  ]
}
