// Why this file exists: a node as libvirt wants to hear of it. Every format is named, so that nothing is ever found out
// by looking into a disk that a guest may write to.
import { formatIp4 } from '#directory'
import { xml, type XmlText } from '#libvirt'
import type { NicDefinition, VcnDefinition } from './definition.ts'
import { markXml } from './mark.ts'
import {
  bridgeName,
  consoleLogPath,
  filterName,
  imagesFolder,
  overlayName,
  overlayPath,
  tenantMtuBytes,
} from './on-host.ts'

/** What a site may choose; the first is the default. */
export interface DomainOptions {
  readonly machine?: 'q35' | 'pc'
  /** A disk in the memory of the host is gone with its power anyway, so there is nothing to flush it for. */
  readonly cache?: 'unsafe' | 'writeback' | 'none'
  /** A copy of the serial console in a file. Nothing bounds it, so a guest that babbles fills the host. */
  readonly consoleLog?: boolean
  /** A line of authorized_keys for root. */
  readonly rootKey?: string
}

const kibibyte = 1024

export function vcnDomainXml(vcn: VcnDefinition, options: DomainOptions = {}): string {
  const { machine = 'q35', rootKey } = options
  const told = rootKey === undefined ? undefined : rootKeyXml(rootKey)
  const shown = told && xml`<smbios mode="sysinfo"/>`
  return xml`<domain type="kvm">
<name>${vcn.name}</name><uuid>${vcn.uuid}</uuid>
<metadata>${markXml(vcn.mark)}</metadata>
<memory unit="KiB">${vcn.memoryBytes / kibibyte}</memory><vcpu>${vcn.vcpus}</vcpu>
${told}<os><type arch="x86_64" machine="${machine}">hvm</type><boot dev="hd"/>${shown}</os>
<features><acpi/><apic/></features>
<cpu mode="host-passthrough"/>
<clock offset="utc"/>
<on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>
<devices>
<emulator>/usr/bin/qemu-system-x86_64</emulator>
${diskXml(vcn, options)}
${vcn.nics.map(nicXml)}
<controller type="usb" model="none"/>
${consoleXml(vcn, options)}
<rng model="virtio"><backend model="random">/dev/urandom</backend></rng>
<memballoon model="virtio"/>
</devices>
</domain>`.text
}

/**
 * systemd 252 and newer reads this at its start and writes the key where sshd looks for it, so an image needs nothing
 * of ours. It is told by the firmware tables, which nobody on any network can touch.
 */
function rootKeyXml(line: string): XmlText {
  const credential = Buffer.from(`${line}\n`).toString('base64')
  return xml`<sysinfo type="smbios"><oemStrings><entry>io.systemd.credential.binary:ssh.authorized_keys.root=${credential}</entry></oemStrings></sysinfo>`
}

/** HOSTILE 60: a guest whose disk fails stops and waits, and never sees the error. */
function diskXml({ name, base }: VcnDefinition, { cache = 'unsafe' }: DomainOptions): XmlText {
  return xml`<disk type="file" device="disk">
<driver name="qemu" type="qcow2" cache="${cache}" error_policy="stop" rerror_policy="stop" discard="unmap"/>
<source file="${overlayPath(name)}"/>
<backingStore type="file"><format type="${base.format}"/><source file="${imagesFolder}/${base.file}"/><backingStore/></backingStore>
<target dev="vda" bus="virtio"/>
</disk>`
}

/** The filter is told MAC and address here; it never learns them from what the guest sends. */
function nicXml({ mac, address, vni }: NicDefinition): XmlText {
  return xml`<interface type="bridge">
<mac address="${mac}"/><source bridge="${bridgeName(vni)}"/><model type="virtio"/>
<filterref filter="${filterName}"><parameter name="IP" value="${formatIp4(address)}"/><parameter name="MAC" value="${mac}"/></filterref>
<mtu size="${tenantMtuBytes}"/>
</interface>`
}

function consoleXml({ name }: VcnDefinition, { consoleLog = false }: DomainOptions): XmlText {
  const log = consoleLog ? xml`<log file="${consoleLogPath(name)}" append="off"/>` : undefined
  return xml`<serial type="pty">${log}<target port="0"/></serial><console type="pty"><target type="serial" port="0"/></console>`
}

/** The overlay: its backing file and that one's format are recorded in it. */
export function overlayVolumeXml({ name, base }: Pick<VcnDefinition, 'name' | 'base'>): string {
  return xml`<volume>
<name>${overlayName(name)}</name><capacity unit="bytes">${base.virtualBytes}</capacity>
<target><format type="qcow2"/><permissions><mode>0600</mode></permissions><compat>1.1</compat></target>
<backingStore><path>${imagesFolder}/${base.file}</path><format type="${base.format}"/></backingStore>
</volume>`.text
}
