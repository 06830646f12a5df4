// Why this file exists: no value may change what a script does. The tag is tried with everything, and the scripts that
// we ship are read as iPXE would read them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ipxe, ipxeScript, readKernelParameters } from '#pxe'
import { sentence } from '../../../src/pxe/boot/ipxe.ts'

/** iPXE's own reading: lines, words, settings, and the words that end a command or begin a comment. */
function structureOf(script: string): unknown {
  return script.split('\n').map((line) => ({
    words: line.split(/[ \t\r\v\f]+/).length,
    settings: line.split('${').length,
    marks: line.split(/\s+/).filter((word) => /^(\|\||&&|;|#.*)$/.test(word)),
  }))
}

function scriptWith(one: string, two: string): string {
  return ipxeScript(
    ipxe`kernel http://10.77.0.1/k a=${one} ${two} initrd=i || goto failed`,
    ipxe`chain http://s/boot.ipxe?mac=${one}&uuid=\${uuid}`,
    ipxe`${two}`,
  )
}

test('no value changes the lines, words, settings or command ends of a script', () => {
  const plain = structureOf(scriptWith('x', 'y'))
  const nasty = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom(
        '$',
        '{',
        '}',
        '|',
        '&',
        ';',
        '#',
        ' ',
        '\n',
        '\r',
        '"',
        "'",
        '\\',
        'é',
        '\0',
      ),
    }),
    fc.constantFrom('', '||', '&&', ';', '#', '${net0/mac}', 'a\nboot', '\u2028', '\u00a0'),
  )
  fc.assert(
    fc.property(nasty, nasty, (one, two) => {
      assert.deepEqual(structureOf(scriptWith(one, two)), plain)
      assert.match(scriptWith(one, two), /^[\x20-\x7e\n]*$/)
    }),
    { numRuns: 500 },
  )
})

test('addresses, cards, hex and URLs go in as they are', () => {
  const harmless = 'http://10.77.0.1/a_b-c.d?e=52:54:00:77:00:11,%20'
  assert.equal(ipxe`${harmless}`, harmless)
  assert.equal(ipxe`${8443}`, '8443')
})

test('a sentence has only the words it had', () => {
  assert.equal(ipxe`echo ${sentence('a  b\nc ; d')}`, 'echo a b c %3b d')
})

for (const [text, taken, refused] of [
  ['quiet console=ttyS1,115200n8', ['quiet', 'console=ttyS1,115200n8'], []],
  ['root=UUID=1-2 nosmt=force', ['root=UUID=1-2', 'nosmt=force'], []],
  ['a=${net0/mac}', [], ['a=${net0/mac}']],
  ['dyndbg="file', [], ['dyndbg="file']],
  ['a\nboot', [], ['a\nboot']],
  ['|| shell', ['shell'], ['||']],
  ['coppice.ca=00', [], ['coppice.ca=00']],
  ['coppice.server=10.0.0.66', [], ['coppice.server=10.0.0.66']],
  ['coppice.on-failure=reboot', ['coppice.on-failure=reboot'], []],
  ['x'.repeat(257), [], ['x'.repeat(257)]],
] as const) {
  test(`bootParameter ${JSON.stringify(text.slice(0, 30))} is read word by word`, () => {
    assert.deepEqual(readKernelParameters([text]), { taken, refused })
  })
}

test('more parameters than a command line holds are refused by name', () => {
  const { taken, refused } = readKernelParameters([
    Array.from({ length: 40 }, (_, at) => `p${at}`).join(' '),
  ])
  assert.equal(taken.length, 32)
  assert.equal(refused.length, 8)
})
