// Why this file exists: what the fake promises is tried on a libvirtd that really starts machines, for the protocol is
// written down nowhere else.
import assert from 'node:assert/strict'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  affect,
  dialTls,
  dialUnix,
  domainState,
  type DomainRef,
  type LibvirtConnection,
  libvirtErrorCode,
  libvirtErrorOf,
  type LifecycleEvent,
  openHypervisor,
  poolStartFlag,
  poolState,
  procedures,
  readCapabilities,
  readXml,
  elementAt,
  shutOffReason,
  startFlag,
  statsGroup,
  stoppedDetail,
  watchLifecycle,
  xml,
  xmlFlag,
} from '../../src/libvirt/index.ts'
import { needs, needsRoot } from '../needs.ts'
import { connectionBattery } from './battery.ts'
import { hostUuid, type RealDaemon, startRealDaemon } from './real-daemon.ts'
import { type KeyPair, TestAuthority } from './test-authority.ts'

const real = {
  ...needsRoot(),
  ...needs('libvirt-daemon', '/usr/sbin/libvirtd', '/usr/sbin/ip', '/usr/bin/openssl'),
  ...needs('qemu-system-x86', '/usr/bin/qemu-system-x86_64'),
}

let daemon: RealDaemon | undefined
let client: KeyPair = { cert: '', key: '' }

function running(): RealDaemon {
  assert.ok(daemon !== undefined)
  return daemon
}

before(async () => {
  if (real.skip !== undefined) return
  daemon = await startRealDaemon()
  client = daemon.authority.issue('client', { subject: '/O=lab/CN=appliance', usage: 'clientAuth' })
})

after(async () => {
  await daemon?.[Symbol.asyncDispose]()
})

async function dial(identity: KeyPair): Promise<LibvirtConnection> {
  const { address, authority } = running()
  const socket = await dialTls({ address, serverName: 'kvm1', ca: authority.ca, ...identity })
  return openHypervisor(socket, { peer: { name: 'kvm1' } })
}

const overTls = (): Promise<LibvirtConnection> => dial(client)
const overSocket = async (): Promise<LibvirtConnection> =>
  openHypervisor(await dialUnix(running().socketPath), { peer: { name: 'kvm1' } })

connectionBattery({ name: 'libvirtd over TLS', open: overTls, ...real })
connectionBattery({ name: 'libvirtd over its socket', open: overSocket, ...real })

test('libvirtd refuses a client whose name it was not told of', real, async () => {
  const subject = '/O=lab/CN=stranger'
  const stranger = running().authority.issue('stranger', { subject, usage: 'clientAuth' })
  await assert.rejects(dial(stranger), { code: 'CPC-LV-003' })
})

test('libvirtd refuses a client with a certificate of another CA', real, async () => {
  const folder = join(running().folder, 'other')
  mkdirSync(folder)
  const other = new TestAuthority(folder)
  const subject = '/O=lab/CN=appliance'
  await assert.rejects(dial(other.issue('client', { subject, usage: 'clientAuth' })), {
    code: 'CPC-LV-003',
  })
})

test('the capabilities of the host are read', real, async () => {
  using connection = await overTls()
  const read = readCapabilities(await connection.call(procedures.connectGetCapabilities, {}))
  assert.ok(read.ok)
  const info = await connection.call(procedures.nodeGetInfo, {})
  assert.equal(read.value.hostUuid, hostUuid)
  assert.equal(read.value.arch, info.model)
  assert.equal(read.value.cpus, info.cpus)
  assert.ok(read.value.memoryKib > 100_000)
  assert.ok(read.value.migration.includes('tcp'))
})

test('free memory is told in bytes, and statistics by name', real, async () => {
  using connection = await overTls()
  assert.ok((await connection.call(procedures.nodeGetFreeMemory, {})) > 1_000_000)
  const { count } = await connection.call(procedures.nodeGetMemoryStats, { count: 0, cell: -1 })
  const { values } = await connection.call(procedures.nodeGetMemoryStats, { count, cell: -1 })
  assert.ok((values.get('total') ?? 0n) > 100_000n)
})

test("both sides' keepalive questions are answered", real, async () => {
  const socket = await dialUnix(running().socketPath)
  const keepalive = { intervalMs: 100, unansweredMax: 2 }
  using connection = await openHypervisor(socket, { peer: { name: 'kvm1' }, keepalive })
  // The daemon asks every second and gives up after five: it has asked at least once by then.
  const after1500Ms = Promise.withResolvers<void>()
  setTimeout(() => after1500Ms.resolve(), 1500)
  await Promise.race([after1500Ms.promise, connection.ended.then((fault) => assert.fail(fault))])
  assert.equal(await connection.call(procedures.connectGetType, {}), 'QEMU')
})

const vcn = { name: 'compute3 <&"\'> é', uuid: '11111111-2222-4333-8444-555555555555' }
const metadataUri = 'urn:test:coppice'

/** 32 MB, no disk, emulated: it prints the firmware's words on its serial port and stops there. */
function domainXml(): string {
  return xml`<domain type="qemu">
    <name>${vcn.name}</name><uuid>${vcn.uuid}</uuid>
    <memory unit="MiB">32</memory><vcpu>1</vcpu>
    <os><type arch="x86_64" machine="pc">hvm</type><bios useserial="yes"/></os>
    <devices>
      <emulator>/usr/bin/qemu-system-x86_64</emulator>
      <serial type="pty"><target port="0"/></serial>
      <console type="pty"><target type="serial" port="0"/></console>
      <memballoon model="none"/>
    </devices>
  </domain>`.text
}

async function stateOf(
  connection: LibvirtConnection,
  domain: DomainRef,
): Promise<[number, number]> {
  const { state, reason } = await connection.call(procedures.domainGetState, { domain })
  return [state, reason]
}

async function metadataLives(connection: LibvirtConnection, domain: DomainRef): Promise<void> {
  const ours = { domain, uri: metadataUri, flags: affect.config }
  const kept = xml`<vcn vo="${'phy"<sics>'}"/>`.text
  await connection.call(procedures.domainSetMetadata, { ...ours, prefix: 'coppice', xml: kept })
  const read = readXml(await connection.call(procedures.domainGetMetadata, ours))
  assert.equal(read.ok && read.value.attributes.get('vo'), 'phy"<sics>')
  const flags = xmlFlag.inactive
  const whole = readXml(await connection.call(procedures.domainGetXmlDesc, { domain, flags }))
  assert.ok(whole.ok)
  assert.equal(elementAt(whole.value, 'name')?.text, vcn.name)
  assert.ok(elementAt(whole.value, 'metadata', 'coppice:vcn'))
  await connection.call(procedures.domainSetMetadata, {
    ...ours,
    prefix: 'coppice',
    xml: undefined,
  })
  await assert.rejects(
    connection.call(procedures.domainGetMetadata, ours),
    (error) => libvirtErrorOf(error)?.code === libvirtErrorCode.noDomainMetadata,
  )
}

/** SeaBIOS greets on the first serial port. */
async function consoleSpeaks(connection: LibvirtConnection, domain: DomainRef): Promise<void> {
  using console = await connection.openStream(procedures.domainOpenConsole, { domain })
  await connection.call(procedures.domainResume, { domain })
  let heard = ''
  for await (const chunk of console) {
    heard += new TextDecoder().decode(chunk)
    if (heard.includes('SeaBIOS')) break
  }
  assert.match(heard, /SeaBIOS/)
  await console.write(new TextEncoder().encode('\r'))
}

async function statsTell(connection: LibvirtConnection): Promise<void> {
  const stats = statsGroup.state | statsGroup.cpu | statsGroup.vcpu
  const records = await connection.call(procedures.connectGetAllDomainStats, { stats })
  const ours = records.find(({ domain }) => domain.uuid === vcn.uuid)
  assert.equal(ours?.values.get('state.state'), domainState.running)
  assert.equal(typeof ours?.values.get('cpu.time'), 'bigint')
  assert.equal(ours?.values.get('vcpu.maximum'), 1)
}

test('a domain lives its whole life, and its events tell of it', real, async () => {
  using connection = await overTls()
  const watch = await watchLifecycle(connection)
  const defined = await connection.call(procedures.domainDefineXmlFlags, { xml: domainXml() })
  assert.deepEqual(defined, { ...vcn, id: -1 })
  assert.deepEqual(await connection.call(procedures.domainLookupByName, vcn), defined)
  assert.deepEqual(await connection.call(procedures.domainLookupByUuid, vcn), defined)
  assert.deepEqual(await connection.call(procedures.connectListAllDomains, {}), [defined])
  await metadataLives(connection, defined)
  const flags = startFlag.paused
  const domain = await connection.call(procedures.domainCreateWithFlags, { domain: defined, flags })
  assert.ok(domain.id > 0)
  assert.equal((await stateOf(connection, domain))[0], domainState.paused)
  await consoleSpeaks(connection, domain)
  await statsTell(connection)
  await connection.call(procedures.domainSuspend, { domain })
  await connection.call(procedures.domainResume, { domain })
  await connection.call(procedures.domainReset, { domain })
  await connection.call(procedures.domainShutdownFlags, { domain }) // no guest is there to obey
  const info = await connection.call(procedures.domainGetInfo, { domain })
  assert.deepEqual([info.state, info.vcpus, info.memoryKib], [domainState.running, 1, 32 * 1024])
  await connection.call(procedures.domainManagedSave, { domain })
  assert.ok(await connection.call(procedures.domainHasManagedSaveImage, { domain }))
  await connection.call(procedures.domainManagedSaveRemove, { domain })
  await connection.call(procedures.domainCreateWithFlags, { domain })
  await connection.call(procedures.domainDestroyFlags, { domain })
  assert.deepEqual(await stateOf(connection, domain), [
    domainState.shutOff,
    shutOffReason.destroyed,
  ])
  await connection.call(procedures.domainUndefineFlags, { domain })
  await assert.rejects(
    connection.call(procedures.domainGetState, { domain }),
    (error) => libvirtErrorOf(error)?.code === libvirtErrorCode.noDomain,
  )
  const events = await untilUndefined(watch.events)
  await watch.stop()
  await connection.call(procedures.connectClose, {})
  const kinds = events.map(({ kind }) => kind)
  // Of the same change libvirt may tell twice, and of a resumption before the start that it belongs to.
  const turns = kinds.filter((kind) => /^((un)?defined|started|stopped)$/.test(kind))
  const life = ['defined', 'started', 'stopped', 'started', 'stopped', 'undefined']
  assert.deepEqual(
    turns.filter((kind, at) => kind !== turns[at - 1]),
    life,
  )
  assert.ok(kinds.includes('suspended') && kinds.includes('resumed'))
  const stops = events.flatMap((event) => (event.kind === 'stopped' ? [event.detail] : []))
  assert.deepEqual(stops, [stoppedDetail.saved, stoppedDetail.destroyed])
})

async function untilUndefined(watch: AsyncIterable<LifecycleEvent>): Promise<LifecycleEvent[]> {
  const events: LifecycleEvent[] = []
  for await (const event of watch) {
    events.push(event)
    if (event.kind === 'undefined') break
  }
  return events
}

test('a pool holds an overlay whose backing file and format are recorded', real, async () => {
  using connection = await overTls()
  const target = join(running().folder, 'pool')
  const base = join(running().folder, 'base.raw')
  mkdirSync(target)
  writeFileSync(base, new Uint8Array(1_048_576))
  const poolXml = xml`<pool type="dir"><name>vcn</name><target><path>${target}</path></target></pool>`
  const pool = await connection.call(procedures.storagePoolDefineXml, { xml: poolXml.text })
  await connection.call(procedures.storagePoolCreate, { pool, flags: poolStartFlag.build })
  const volumeXml = xml`<volume><name>c3.qcow2</name><capacity unit="MiB">4</capacity>
    <target><format type="qcow2"/></target>
    <backingStore><path>${base}</path><format type="raw"/></backingStore></volume>`.text
  const volume = await connection.call(procedures.storageVolCreateXml, { pool, xml: volumeXml })
  const path = join(target, 'c3.qcow2')
  assert.deepEqual(volume, { pool: 'vcn', name: 'c3.qcow2', key: path })
  const described = readXml(await connection.call(procedures.storageVolGetXmlDesc, { volume }))
  assert.ok(described.ok)
  assert.equal(elementAt(described.value, 'backingStore', 'path')?.text, base)
  assert.equal(elementAt(described.value, 'backingStore', 'format')?.attributes.get('type'), 'raw')
  const { capacityBytes } = await connection.call(procedures.storageVolGetInfo, { volume })
  assert.equal(capacityBytes, 4_194_304)
  assert.deepEqual(await connection.call(procedures.storageVolLookupByPath, { path }), volume)
  assert.deepEqual(
    await connection.call(procedures.storageVolLookupByName, { pool, name: 'c3.qcow2' }),
    volume,
  )
  assert.deepEqual(await connection.call(procedures.storagePoolListAllVolumes, { pool }), [volume])
  assert.deepEqual(await connection.call(procedures.connectListAllStoragePools, {}), [pool])
  const info = await connection.call(procedures.storagePoolGetInfo, { pool })
  assert.equal(info.state, poolState.running)
  await connection.call(procedures.storageVolDelete, { volume })
  await connection.call(procedures.storagePoolDestroy, { pool })
  await connection.call(procedures.storagePoolUndefine, { pool })
  await assert.rejects(
    connection.call(procedures.storagePoolLookupByName, { name: 'vcn' }),
    (error) => libvirtErrorOf(error)?.code === libvirtErrorCode.noStoragePool,
  )
})

test('a volume is uploaded, and comes back the same', real, async () => {
  using connection = await overTls()
  const target = join(running().folder, 'raw')
  const poolXml = xml`<pool type="dir"><name>raw</name><target><path>${target}</path></target></pool>`
  const pool = await connection.call(procedures.storagePoolDefineXml, { xml: poolXml.text })
  await connection.call(procedures.storagePoolBuild, { pool })
  await connection.call(procedures.storagePoolCreate, { pool })
  const bytes = new Uint8Array(3_000_001).map((_, at) => (at * 7) % 253)
  const volumeXml = xml`<volume><name>v</name><capacity>${bytes.length}</capacity>
    <target><format type="raw"/></target></volume>`.text
  const volume = await connection.call(procedures.storageVolCreateXml, { pool, xml: volumeXml })
  const whole = { volume, offset: 0, length: 0 }
  using upload = await connection.openStream(procedures.storageVolUpload, whole)
  await upload.write(bytes)
  await upload.finish()
  assert.equal(statSync(join(target, 'v')).size, bytes.length)
  using download = await connection.openStream(procedures.storageVolDownload, whole)
  const back = Buffer.concat(await Array.fromAsync(download))
  await download.finish()
  assert.ok(back.equals(Buffer.from(bytes)))
  const part = { volume, offset: 1_000_000, length: 10 }
  using partly = await connection.openStream(procedures.storageVolDownload, part)
  assert.deepEqual(
    Buffer.concat(await Array.fromAsync(partly)),
    Buffer.from(bytes.subarray(1_000_000, 1_000_010)),
  )
  partly.abort()
  await connection.call(procedures.storagePoolRefresh, { pool })
  await connection.call(procedures.storagePoolDestroy, { pool })
  await connection.call(procedures.storagePoolUndefine, { pool })
})

test('a network filter is defined, read and removed', real, async () => {
  using connection = await overTls()
  const filterXml = xml`<filter name="coppice-vcn" chain="root">
    <rule action="drop" direction="out" priority="500"><mac match="no" srcmacaddr="$MAC"/></rule>
  </filter>`.text
  const filter = await connection.call(procedures.nwfilterDefineXml, { xml: filterXml })
  assert.equal(filter.name, 'coppice-vcn')
  assert.deepEqual(await connection.call(procedures.nwfilterLookupByName, filter), filter)
  assert.match(await connection.call(procedures.nwfilterGetXmlDesc, { filter }), /\$MAC/)
  assert.deepEqual(await connection.call(procedures.connectListAllNwfilters, {}), [filter])
  await connection.call(procedures.nwfilterUndefine, { filter })
  assert.deepEqual(await connection.call(procedures.connectListAllNwfilters, {}), [])
  assert.deepEqual(await connection.call(procedures.connectListAllNetworks, {}), [])
})

test('libvirt refuses nonsense with its own words', real, async () => {
  using connection = await overTls()
  await assert.rejects(
    connection.call(procedures.domainDefineXmlFlags, { xml: '<domain>' }),
    (error) => libvirtErrorOf(error)?.code === libvirtErrorCode.xmlDetail,
  )
})
