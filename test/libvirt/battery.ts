// Why this file exists: what is promised of a connection holds for the fake and for the real daemon alike, so that the
// fake cannot drift away from what libvirt does.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LibvirtConnection, libvirtErrorOf, procedures } from '../../src/libvirt/index.ts'

export interface Daemon {
  readonly name: string
  readonly skip?: string
  readonly open: () => Promise<LibvirtConnection>
}

/** No machine has this one. */
const nobody = '00000000-0000-4000-8000-000000000001'

export function connectionBattery({ name, open, ...options }: Daemon): void {
  test(`${name}: versions of libvirt and of the hypervisor are read`, options, async () => {
    using connection = await open()
    const hypervisor = await connection.call(procedures.connectGetVersion, {})
    const library = await connection.call(procedures.connectGetLibVersion, {})
    assert.ok(hypervisor.major >= 5, `QEMU ${JSON.stringify(hypervisor)}`)
    assert.ok(library.major >= 8, `libvirt ${JSON.stringify(library)}`)
  })

  test(`${name}: the host says what it is made of`, options, async () => {
    using connection = await open()
    const info = await connection.call(procedures.nodeGetInfo, {})
    assert.match(info.model, /^[a-z0-9_]{3,31}$/)
    assert.ok(info.memoryKib > 100_000)
    assert.ok(info.cpus >= 1)
    assert.ok(
      info.numaNodes * info.sockets * info.coresPerSocket * info.threadsPerCore >= info.cpus,
    )
  })

  test(`${name}: names of driver, host and connection are read`, options, async () => {
    using connection = await open()
    assert.equal(await connection.call(procedures.connectGetType, {}), 'QEMU')
    assert.match(await connection.call(procedures.connectGetHostname, {}), /^[\w.-]+$/)
    assert.equal(await connection.call(procedures.connectGetUri, {}), 'qemu:///system')
  })

  test(`${name}: libvirt's number for an unknown domain reaches the caller`, options, async () => {
    using connection = await open()
    await assert.rejects(
      connection.call(procedures.domainLookupByUuid, { uuid: nobody }),
      (error) => {
        const cause = libvirtErrorOf(error)
        assert.deepEqual([cause?.code, cause?.domain, cause?.level], [42, 10, 2])
        assert.match(cause?.message ?? '', new RegExp(nobody))
        return error instanceof Error && error.message.startsWith('CPC-LV-008')
      },
    )
  })

  test(
    `${name}: questions beyond the daemon's limit wait, and each gets its own answer`,
    options,
    async () => {
      using connection = await open()
      const asked = Array.from({ length: 30 }, (_, number) =>
        number % 2 === 0
          ? connection.call(procedures.connectGetType, {})
          : connection.call(procedures.connectGetUri, {}),
      )
      const expected = asked.map((_, number) => (number % 2 === 0 ? 'QEMU' : 'qemu:///system'))
      assert.deepEqual(await Promise.all(asked), expected)
    },
  )

  test(`${name}: after closing, a question is refused with the reason`, options, async () => {
    const connection = await open()
    const unanswered = connection.call(procedures.connectGetHostname, {})
    connection.close()
    await assert.rejects(unanswered, { code: 'CPC-LV-004' })
    await assert.rejects(connection.call(procedures.connectGetHostname, {}), { code: 'CPC-LV-004' })
    assert.equal(await connection.ended, undefined)
  })
}
