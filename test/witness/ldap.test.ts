// Why this file exists: people come to the directory with clients of their own; ldapjs and ldapts are two that are not
// ours, and neither can follow a directory live, which is why ours can.
import assert from 'node:assert/strict'
import type { EventEmitter } from 'node:events'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import ldapjs from 'ldapjs'
import { Attribute, Change, Client } from 'ldapts'
import { RealSlapd } from '../ldap-sync/real-slapd.ts'
import { needs } from '../needs.ts'

const slapdNeeded = needs('slapd', '/usr/sbin/slapd')
const slapd = new RealSlapd()

before(async () => {
  if (slapdNeeded.skip === undefined) await slapd.start()
})
after(() => slapd.stop())

const url = (): string => slapd.prepared.urls[1]
const machineDn = (name: string): string => `cn=${name},ou=machines,${slapd.base}`
const entry = (mac: string, address: string) => ({
  objectClass: ['device', 'ieee802Device', 'ipHost', 'coppiceMachine'],
  macAddress: mac,
  ipHostNumber: address,
})

/** ldapjs speaks in callbacks. */
function done(call: (finished: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error === null ? resolve() : reject(error)))
  })
}

async function boundLdapjs() {
  const client = ldapjs.createClient({ url: url() })
  client.on('error', () => undefined)
  await done((finished) => client.bind(slapd.prepared.adminDn, slapd.secret, finished))
  return client
}

function searchByLdapjs(
  client: Awaited<ReturnType<typeof boundLdapjs>>,
  filter: string,
  controls: readonly unknown[] = [],
): Promise<EventEmitter> {
  return new Promise((resolve, reject) => {
    client.search(slapd.base, { scope: 'sub', filter }, controls, (error, found) => {
      if (error === null) resolve(found)
      else reject(error)
    })
  })
}

/** How many entries came until the search ended. */
async function countByLdapjs(
  client: Awaited<ReturnType<typeof boundLdapjs>>,
  filter: string,
): Promise<number> {
  const found = await searchByLdapjs(client, filter)
  let entries = 0
  found.on('searchEntry', () => {
    entries += 1
  })
  await once(found, 'end', { signal: AbortSignal.timeout(5_000) })
  return entries
}

test('ldapjs binds, adds, searches, modifies and deletes', { ...slapdNeeded }, async () => {
  const client = await boundLdapjs()
  const dn = machineDn('js1')
  const byMac = '(macAddress=52:54:00:aa:00:01)'
  await done((finished) => client.add(dn, entry('52:54:00:aa:00:01', '10.77.0.51'), finished))
  assert.equal(await countByLdapjs(client, byMac), 1)
  const modification = { type: 'macAddress', values: ['52:54:00:aa:00:02'] }
  const change = new ldapjs.Change({ operation: 'replace', modification })
  await done((finished) => client.modify(dn, change, finished))
  assert.equal(await countByLdapjs(client, byMac), 0)
  assert.equal(await countByLdapjs(client, '(macAddress=52:54:00:aa:00:02)'), 1)
  await done((finished) => client.del(dn, finished))
  assert.equal(await countByLdapjs(client, '(cn=js1)'), 0)
  client.destroy()
})

test('ldapjs is refused with a wrong secret', { ...slapdNeeded }, async () => {
  const client = ldapjs.createClient({ url: url() })
  client.on('error', () => undefined)
  await assert.rejects(
    done((finished) => client.bind(slapd.prepared.adminDn, 'wrong', finished)),
    /Invalid Credentials|InvalidCredentials/i,
  )
  client.destroy()
})

test('ldapts binds, adds, searches, modifies and deletes', { ...slapdNeeded }, async () => {
  const client = new Client({ url: url() })
  await client.bind(slapd.prepared.adminDn, slapd.secret)
  const dn = machineDn('ts1')
  await client.add(dn, entry('52:54:00:aa:00:03', '10.77.0.53'))
  const search = async (filter: string) =>
    (await client.search(slapd.base, { scope: 'sub', filter })).searchEntries
  const [found] = await search('(&(objectClass=device)(ipHostNumber=10.77.0.53))')
  assert.equal(found?.['dn'], dn)
  assert.equal(found['macAddress'], '52:54:00:aa:00:03')
  const modification = new Attribute({ type: 'ipHostNumber', values: ['10.77.0.54'] })
  await client.modify(dn, new Change({ operation: 'replace', modification }))
  assert.deepEqual(await search('(ipHostNumber=10.77.0.53)'), [])
  await client.del(dn)
  assert.deepEqual(await search('(cn=ts1)'), [])
  await client.unbind()
})

/** RFC 4533 §2.2: mode refreshAndPersist, no cookie. */
const syncRequest = {
  type: '1.3.6.1.4.1.4203.1.9.1.1',
  criticality: true,
  value: Buffer.from('30030a0103', 'hex'),
}

test(
  'evidence: ldapjs loses a live search at its first intermediate response',
  { ...slapdNeeded },
  async () => {
    const client = await boundLdapjs()
    const found = await searchByLdapjs(client, '(objectClass=*)', [new ldapjs.Control(syncRequest)])
    const failed: unknown[] = await Promise.race([
      new Promise<unknown[]>((resolve) => found.once('error', (error) => resolve([error]))),
      once(found, 'end', { signal: AbortSignal.timeout(5_000) }),
    ])
    assert.match(String(failed[0]), /IntermediateResponse|ProtocolError|0x79/i)
    client.destroy()
  },
)
