// Why this file exists: a page that shows a command or a flag which does not exist costs its reader an hour; each one on
// every page is looked up in the help of the command line.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../cli/terminal.ts'

const root = join(import.meta.dirname, '../..')
const pages = [
  'README.md',
  'SPECIFICATION.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path)),
]

/** A word of ours at the start of a command, and not of a path or of a sentence in capitals. */
const shape = /(?:^|[\s`(])(?:bin\/)?coppice ((?:[a-z][a-z-]*)(?: [^`|]*)?)/g
/** What ends a command within a line: a comment, the next command, the end of a bracket. */
const ends = / {2,}#| \| |&&|\)|;/
const word = /^[a-z][a-z-]*$/
const verbsMax = 2

const helps = new Map<string, Promise<string>>()

function helpOf(path: readonly string[]): Promise<string> {
  const key = path.join(' ')
  const help = helps.get(key) ?? run([...path, '--help']).then(({ out }) => out)
  helps.set(key, help)
  return help
}

function isListed(name: string, help: string): boolean {
  return help.split('\n').some((line) => line.startsWith(`  ${name} `))
}

/** The noun and the verb, as far as there are such. */
async function commandPath(words: readonly string[]): Promise<readonly string[]> {
  const path: string[] = []
  for (const one of words.slice(0, verbsMax)) {
    if (!word.test(one) || !isListed(one, await helpOf(path))) break
    path.push(one)
  }
  return path
}

/** What the command line does not know of it. */
async function unknownIn(command: string): Promise<readonly string[]> {
  const words = command.split(/\s+/)
  const path = await commandPath(words)
  const [noun] = path
  if (noun === undefined) return [`there is no command ${words[0]}`]
  const help = await helpOf(path)
  const next = words[path.length] ?? ''
  const isVerb = path.length < verbsMax && help.includes('\nCommands:') && word.test(next)
  const flags = words.flatMap((one) => /^(--[a-z][a-z-]*|-[a-z])(?:=.*)?$/.exec(one)?.[1] ?? [])
  const missing = flags.filter((flag) => !new RegExp(`(?<![\\w-])${flag}(?![\\w-])`).test(help))
  return [
    ...(isVerb ? [`${noun} has no ${next}`] : []),
    ...missing.map((flag) => `${path.join(' ')} has no ${flag}`),
  ]
}

function commandsOf(text: string): readonly string[] {
  return [...text.matchAll(shape)].map(([, found = '']) => (found.split(ends)[0] ?? '').trim())
}

for (const page of pages) {
  test(`${page} shows no command and no flag that does not exist`, async () => {
    const lines = readFileSync(join(root, page), 'utf8').split('\n')
    const wrong: string[] = []
    for (const [at, line] of lines.entries()) {
      for (const command of commandsOf(line))
        wrong.push(...(await unknownIn(command)).map((why) => `line ${at + 1}: ${why}`))
    }
    assert.deepEqual(wrong, [])
  })
}

test('the judge of pages can say no', async () => {
  assert.deepEqual(await unknownIn('machine power on n1'), [])
  assert.deepEqual(await unknownIn('machin list'), ['there is no command machin'])
  assert.deepEqual(await unknownIn('machine lst'), ['machine has no lst'])
  assert.deepEqual(await unknownIn('machine list --frob'), ['machine list has no --frob'])
})
