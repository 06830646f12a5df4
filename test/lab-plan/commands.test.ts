// Why this file exists: the rack's cables and machines are lists of arguments; what they must and must not hold is read
// from them without a namespace being made.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { configurationText } from '../../src/lab/appliance.ts'
import { readOptions } from '../../src/lab/options.ts'
import { installCommand, missingPackages } from '../../src/lab/packages.ts'
import { labPackages } from '../../src/lab/packages.table.ts'
import { dnsmasqArguments } from '../../src/lab/peer.ts'
import { planRack } from '../../src/lab/plan.ts'
import { qemuArguments } from '../../src/lab/qemu.ts'
import { wiringCommands, words } from '../../src/lab/wiring.ts'

const plan = planRack(readOptions({ rack: 'unit', machines: 3 }))

function after(argv: readonly string[], flag: string): string | undefined {
  return argv[argv.indexOf(flag) + 1]
}

test('everything of a rack is made inside its two namespaces, so nothing is left when these go', () => {
  for (const argv of wiringCommands(plan)) {
    const inside = argv[1] === '-n' && ['unit-app', 'unit-rack'].includes(argv[2] ?? '')
    const namespace = argv.slice(0, 3).join(' ') === 'ip netns add'
    assert.ok(inside || namespace, argv.join(' '))
  }
})

test('the bridge forwards from its first packet on', () => {
  const bridge = wiringCommands(plan).find((argv) => argv.includes('bridge'))
  assert.match(bridge?.join(' ') ?? '', /stp_state 0 forward_delay 0/)
})

test('each machine has its UUID, a random number source, its memory and its card on its own tap', () => {
  for (const machine of plan.machines) {
    const argv = qemuArguments(machine)
    assert.equal(after(argv, '-uuid'), machine.uuid)
    assert.equal(after(argv, '-m'), '1536')
    assert.equal(after(argv, '-cpu'), 'max')
    assert.ok(argv.includes('virtio-rng-pci'))
    assert.match(after(argv, '-netdev') ?? '', new RegExp(`ifname=${machine.tap},`))
    assert.ok(argv.some((word) => word.includes(`mac=${machine.mac},bootindex=1`)))
  }
})

test('no machine has a disk: only the firmware of UEFI machines is a drive', () => {
  for (const machine of plan.machines) {
    const drives = qemuArguments(machine).filter((_, at, argv) => argv[at - 1] === '-drive')
    assert.equal(drives.length, machine.firmware === 'uefi' ? 2 : 0)
    assert.ok(drives.every((drive) => drive.startsWith('if=pflash,format=raw,')))
  }
})

test('an UEFI card has an empty ROM, so that the firmware itself asks for the loader by TFTP', () => {
  const [bios, uefi] = plan.machines.map((machine) => qemuArguments(machine).join(' '))
  assert.match(uefi ?? '', /bootindex=1,romfile= /)
  assert.doesNotMatch(bios ?? '', /romfile/)
})

test("the peer is a plain dnsmasq: neither of iPXE's waits is ended for it", () => {
  const [machine] = plan.machines
  assert.ok(machine !== undefined)
  const argv = dnsmasqArguments(plan, machine).join(' ')
  assert.doesNotMatch(argv, /175|enable-ra|ra-param/)
  assert.match(argv, /--bind-interfaces/)
})

test('the appliance is configured by the keys of its contract only', () => {
  const keys = configurationText(plan, '/srv/kvm-host')
    .split('\n')
    .map((line) => /^\w+/.exec(line)?.[0])
  assert.deepEqual(
    keys.filter((key) => key !== undefined),
    ['version', 'site', 'domain', 'interfaces', 'directory', 'boot'],
  )
})

test('missing packages are found by their files and installed by one command, without recommendations', () => {
  const missing = missingPackages((path) => !path.includes('slapd') && !path.includes('dig'))
  assert.deepEqual(installCommand(missing), [
    'apt-get',
    'install',
    '-y',
    '--no-install-recommends',
    'slapd',
    'bind9-dnsutils',
  ])
  assert.deepEqual(
    missingPackages(() => true),
    [],
  )
  assert.equal(missingPackages(() => false).length, labPackages.length)
})

test('no value parts a command into other words than it was written with', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      assert.deepEqual(words`ip ${a} x=${b}/24 up`, ['ip', a, `x=${b}/24`, 'up'])
      assert.deepEqual(words`${a} ${b}`, [a, b])
    }),
  )
})
