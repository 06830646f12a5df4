// Why this file exists: what a host needs once, before its first node: a pool for overlays and the filter of every NIC.
// Each has a number of its own, for without one libvirt takes the same description for another thing of that name.
import { xml } from '#libvirt'
import { filterName, overlayPool, overlaysFolder } from './on-host.ts'

const uuids = {
  pool: '6c4a1f0e-2d53-4f0b-9b6e-0a7d6c1f5e01',
  filter: '6c4a1f0e-2d53-4f0b-9b6e-0a7d6c1f5e02',
} as const

export function overlayPoolXml(): string {
  return xml`<pool type="dir"><name>${overlayPool}</name><uuid>${uuids.pool}</uuid><target><path>${overlaysFolder}</path></target></pool>`
    .text
}

/** Rules are tried from the lowest priority up; the first that matches decides. */
export function vcnFilterXml(): string {
  return xml`<filter name="${filterName}" chain="root">
<uuid>${uuids.filter}</uuid>
<rule action="drop" direction="out" priority="100"><mac match="no" srcmacaddr="$MAC"/></rule>
<rule action="drop" direction="out" priority="200"><arp match="no" arpsrcmacaddr="$MAC"/></rule>
<rule action="accept" direction="out" priority="210"><arp arpsrcipaddr="$IP"/></rule>
<rule action="accept" direction="out" priority="220"><arp opcode="Request" arpsrcipaddr="0.0.0.0"/></rule>
<rule action="accept" direction="in" priority="230"><arp/></rule>
<rule action="drop" direction="inout" priority="240"><arp/></rule>
<rule action="drop" direction="out" priority="300"><ip protocol="udp" srcportstart="67"/></rule>
<rule action="drop" direction="out" priority="310"><ip protocol="udp" dstportstart="68"/></rule>
<rule action="accept" direction="out" priority="320"><ip srcipaddr="0.0.0.0" dstipaddr="255.255.255.255" protocol="udp" srcportstart="68" dstportstart="67"/></rule>
<rule action="accept" direction="out" priority="330"><ip srcipaddr="$IP"/></rule>
<rule action="accept" direction="in" priority="340"><ip/></rule>
<rule action="drop" direction="inout" priority="1000"/>
</filter>`.text
}
