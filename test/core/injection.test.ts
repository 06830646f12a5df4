// Why this file exists: text of the directory ends in filters, zones, scripts, XML, shells, account files and logs, each
// with marks of its own that mean something. One hostile value in every place that is read must change none of them.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { lint, type Machine, parseUuid, type Person, type Snapshot, visible } from '#directory'
import { exportFile, exportZone, fileFormats, importFiles } from '#exchange'
import { accountFiles, admit, sshArgv } from '#host'
import { childDn, entryLdif, formatFilter, ldapFilter, parseFilter } from '#ldap-sync'
import { readXml, xml } from '#libvirt'
import { defaultScriptPaths } from '#pxe'
import fc from 'fast-check'
import { parseDn } from '../../src/ldap-sync/dn.ts'
import { bootScript } from '../../src/pxe/boot/script.ts'
import { hostileText } from '../hostile-text.ts'
import { address, known, mac } from './house.ts'
import { type Place, places, takeHostile } from './hostile-directory.ts'

const marks = [
  '*',
  ')',
  '*)(uid=*',
  '\0',
  '"',
  "'",
  '\n',
  'a\r\nb',
  '\\',
  '$(reboot)',
  '`reboot`',
  '${net0/mac}',
  '<x a="b">',
  '&lt;',
  ']]>',
  '%s%n',
  '%0a',
  ';',
  '|| goto failed',
  '#include',
  '../../etc/passwd',
  '-rf',
  '--help',
  'a_b',
  'a:b',
  'a,b=c+d',
  'n1\u202egnp.exe',
  '\u200fn1',
  '\u2028',
  '\ufeff',
  '\x1b[2J',
  'müller',
  '💥',
  '\ufffd',
  '',
  ' ',
  'x'.repeat(5_000),
]
/** By itself, and behind what would be right. */
const spellings = (mark: string): readonly string[] => [mark, `n1${mark}`]
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** Each looks at what one maker makes of the snapshot. */
const makers: Readonly<Record<string, (snapshot: Snapshot, said: readonly string[]) => void>> = {
  'every name is one that DNS, shells and files know'({ byName, networks, entries }) {
    for (const [name] of byName.entries()) assert.match(name, /^[a-z0-9-]+(\.[a-z0-9-]+)*$/)
    for (const { name } of networks) assert.match(name, /^[a-z0-9-]+$/)
    for (const entry of entries.values()) {
      if (entry.kind === 'person') assert.match(entry.uid, /^[a-z_][a-z0-9_.-]*$/)
      if (entry.kind === 'machine') assert.match(entry.bootFile ?? '-', /^[!-~]{1,255}$/)
    }
  },
  'a boot script has the commands that it always has'(snapshot) {
    const [machine] = machinesOf(snapshot)
    const lines = machine ? scriptOf(machine).split('\n') : []
    for (const line of lines) {
      assert.match(line, /^[\x20-\x7e]*$/)
      assert.match(
        line,
        /^(#!ipxe|echo .*|kernel .*|initrd .*|boot .*|:failed|sleep .*|imgfree|chain .*|reboot|)$/,
      )
    }
    const kernel = lines.filter((line) => line.startsWith('kernel '))
    assert.ok(kernel.every((line) => line.endsWith(' || goto failed') && !line.includes('${')))
  },
  'account files have the lines and fields that they always have'(snapshot) {
    const base = {
      passwd: '',
      group: 'people:x:900:\n',
      shadow: '',
      sudoers: '',
      shells: '/bin/bash\n',
    }
    const { accounts } = admit(personsOf(snapshot), { tags: ['red'] }, base)
    const { files } = accountFiles(accounts, base, (text) => String(text.length))
    const fieldsOf = (name: string): readonly number[] =>
      linesOf(files.find((file) => file.name === name)?.content ?? '').map(
        (line) => line.split(':').length,
      )
    assert.deepEqual(
      fieldsOf('passwd'),
      accounts.map(() => 7),
    )
    assert.deepEqual(
      fieldsOf('shadow'),
      accounts.map(() => 9),
    )
    assert.ok(fieldsOf('group').every((count) => count === 4))
    for (const { name, content } of files) {
      assert.match(name, /^[a-z0-9_.-]+$/)
      assert.doesNotMatch(content.replaceAll('\n', ''), unseen)
      if (name === 'sudoers') for (const line of linesOf(content)) assert.match(line, sudoers)
    }
  },
  'exported files have one plain line for each thing'(snapshot) {
    for (const format of fileFormats.filter((each) => each !== 'csv')) {
      for (const line of linesOf([...exportFile(snapshot, format)].join(''))) {
        assert.doesNotMatch(line.replaceAll('\t', ' '), unseen, format)
      }
    }
    const zone = exportZone(snapshot, 'cluster.test', zoneFacts) ?? []
    for (const line of linesOf([...zone].join(''))) {
      assert.match(line.replaceAll('\t', ' '), /^[\x20-\x7e]*$/)
    }
  },
  // Ports may be bytes that a switch made up, so this one is read back.
  'an exported table has one row for each machine'(snapshot) {
    const text = [...exportFile(snapshot, 'csv')].join('')
    const options = { format: 'csv', domains: [snapshot.domain], known: [] } as const
    const read = importFiles([{ name: 'table', text }], options)
    assert.ok(read.ok, text)
    const names = read.value.machines.map(({ name }) => name)
    assert.deepEqual(new Set(names), new Set(machinesOf(snapshot).map(({ name }) => name)))
    assert.equal(names.length, machinesOf(snapshot).length)
  },
  'what is said of it is one line that hides nothing'(snapshot, said) {
    const findings = lint(snapshot).flatMap(({ dn, why }) => [visible(dn), why])
    for (const line of [...said, ...findings]) assert.doesNotMatch(line, unseen)
    assert.ok(said.every((line) => line.length < 4_000))
  },
}

const zoneFacts = {
  serial: 1,
  server: 'ns.cluster.test',
  person: 'hostmaster.cluster.test',
  serverAddresses: [address],
  recordSeconds: 60,
  refreshSeconds: 60,
  retrySeconds: 60,
  expireSeconds: 60,
  negativeSeconds: 60,
}
const sudoers = /^[a-z_][a-z0-9_.-]* ALL=\(ALL:ALL\) NOPASSWD: ALL$/

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '')
}

function machinesOf({ entries }: Snapshot): readonly Machine[] {
  return [...entries.values()].filter((entry) => entry.kind === 'machine')
}

function personsOf({ entries }: Snapshot): readonly Person[] {
  return [...entries.values()].filter((entry) => entry.kind === 'person')
}

function scriptOf(machine: Machine): string {
  const uuid = known(parseUuid('0c0ffee0-0000-4000-8000-000000000011'))
  return bootScript({
    decision: { kind: 'kvm-host', machine, why: { rule: 'role', operands: [] } },
    request: { mac, uuid, platform: 'efi', round: 0 },
    place: {
      server: address,
      boot: { caFingerprint: 'ab'.repeat(32), caPem: '', enrolPort: 8443 },
      ...defaultScriptPaths,
    },
    claim: '0'.repeat(32),
  })
}

test('a directory without anything hostile passes by every maker whole', () => {
  const { snapshot, said } = takeHostile(undefined, '')
  assert.equal(snapshot.entries.size, 7)
  assert.deepEqual(said, [])
  for (const look of Object.values(makers)) look(snapshot, said)
})

/** By promise, what was seen when it was not kept. Each hostile directory is made once and shown to every maker. */
const broken = new Map<string, Error[]>()
for (const place of places) {
  for (const mark of marks.flatMap(spellings)) show(place, mark)
}
fc.assert(fc.property(fc.constantFrom(...places), hostileText, show))

function show(place: Place, text: string): void {
  const { snapshot, said } = takeHostile(place, text)
  const where = `${place.entry} ${place.attribute} ${visible(text.slice(0, 80))}`
  for (const [promise, look] of Object.entries(makers)) {
    try {
      look(snapshot, said)
    } catch (cause) {
      const errors = broken.get(promise) ?? []
      broken.set(promise, [...errors.slice(0, 2), new Error(where, { cause })])
    }
  }
}

for (const promise of Object.keys(makers)) {
  test(`HOSTILE 6: whatever one value of the directory holds, ${promise}`, () => {
    const [error] = broken.get(promise) ?? []
    if (error) throw error
  })
}

test('HOSTILE 6: one hostile value costs its own entry at most, and what stands on it', () => {
  for (const place of places) {
    const standOnIt = place.entry === 'physics' ? 3 : place.entry === 'hpl' ? 2 : 1
    const whole = takeHostile(undefined, '').snapshot.entries.size
    for (const mark of marks) {
      const { snapshot } = takeHostile(place, mark)
      assert.ok(snapshot.entries.size >= whole - standOnIt, `${place.entry} ${place.attribute}`)
    }
  }
})

test('HOSTILE 6: no value changes a filter, a DN, LDIF or XML that is made of it', () => {
  // A filter and a DN of such a length are refused as a whole.
  const short = marks.filter((mark) => mark.length < 1_000)
  const any = fc.oneof(fc.constantFrom(...short), hostileText)
  fc.assert(
    fc.property(any, (value) => {
      const filter = ldapFilter`(&(objectClass=device)(cn=${value}))`
      assert.deepEqual(parseFilter(formatFilter(filter)), filter)
      assert.equal(filter.kind === 'and' && filter.filters.length, 2)
      const dn = parseDn(childDn('cn', value, 'dc=test'))
      assert.equal(dn?.length, value === '' ? dn?.length : 2)
      const records = entryLdif(`cn=x,dc=test`, [{ name: 'cn', values: [value] }]).split('\n')
      const heads = records.filter((line) => line !== '' && !line.startsWith(' '))
      assert.deepEqual(
        heads.map((line) => /^[a-z]+/.exec(line)?.[0]),
        ['dn', 'cn'],
      )
    }),
  )
})

test('HOSTILE 63: text in XML stays text, or is refused', () => {
  for (const value of marks) {
    let written = ''
    try {
      written = xml`<a b="${value}">${value}</a>`.text
    } catch {
      // Control characters have no place in XML, escaped or not.
      assert.match(value, /[\p{Cc}\ufffe\uffff]/u)
      continue
    }
    const read = readXml(written)
    assert.ok(read.ok)
    assert.equal(read.value.attributes.size, 1)
    assert.ok(read.value.children.every((child) => typeof child === 'string'))
  }
})

test('HOSTILE 6: a word of a remote command reaches a real shell as that word', () => {
  const words = marks.filter((mark) => !mark.includes('\0') && mark.length < 1000)
  const target = { machineId: 'm', address }
  const argv = sshArgv({ keyFile: 'k', knownHostsFile: 'h' }, target, ['printf', '%s\\0', ...words])
  const said = execFileSync('/bin/sh', ['-c', argv.at(-1) ?? ''], { encoding: 'utf8' })
  assert.deepEqual(said.split('\0').slice(0, -1), words)
})
