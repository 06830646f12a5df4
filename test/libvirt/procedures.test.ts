// Why this file exists: a procedure under a wrong number would do something else on a host, without an error.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { procedureNamed, procedures } from '../../src/libvirt/index.ts'

test('each procedure bears the name under which it is listed', () => {
  for (const [name, procedure] of Object.entries(procedures)) assert.equal(procedure.name, name)
})

test('no two procedures share a number', () => {
  const numbers = Object.values(procedures).map(({ number }) => number)
  assert.equal(new Set(numbers).size, numbers.length)
})

test('a procedure is found by its name', () => {
  assert.equal(procedureNamed('domainGetState').number, 212)
})

for (const name of ['domainMigratePerform3Params', 'connectopen', '__proto__', 'toString', '']) {
  test(`a procedure that is not spoken is refused by its name: "${name}"`, () => {
    assert.throws(() => procedureNamed(name), {
      code: 'CPC-LV-009',
      message: `CPC-LV-009 ${name} is not spoken by this client: only what Coppice needs of the protocol is implemented`,
    })
  })
}
