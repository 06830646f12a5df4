// Why this file exists: who may not come in is told so, and a hostile name finds no more than itself.
import assert from 'node:assert/strict'
import { LdapRefusal } from '#ldap-sync'
import { childDn } from '../../../src/ldap-sync/dn.ts'
import { ldapFilter } from '../../../src/ldap-sync/message/filter.ts'
import type { Promising } from './battery.ts'

export function signingIn(promise: Promising): void {
  promise('a wrong name is told with invalidCredentials, and tried again', async (bench) => {
    const watched = bench.watch({ bindDn: `cn=nobody,${bench.base}` })
    await watched.sync.start()
    await watched.until('it is told', () => watched.state?.fault !== undefined)
    const fault = watched.state?.fault
    assert.ok(fault instanceof LdapRefusal)
    assert.equal(fault.resultCode, 49)
    assert.equal(watched.state?.kind, 'starting')
  })

  promise('a filter built from hostile text finds the entry of that very name', async (bench) => {
    const hostile = '*)(uid=x\\'
    const dn = childDn('ou', hostile, bench.base)
    await bench.add(dn, { objectClass: 'organizationalUnit', ou: hostile })
    const client = await bench.client()
    const found = await client.search({ base: bench.base, filter: ldapFilter`(ou=${hostile})` })
    assert.equal(found.length, 1)
  })
}
