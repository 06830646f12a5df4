// Why this file exists: the first thing a newcomer does: a configuration with comments, from a few answers, over nothing.
import { writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import type { Command } from 'commander'
import type { ExampleOptions } from '#config'
import { parseDnsName } from '#directory'
import { Fault } from '#fault'
import { type Call, tell } from '../program/call.ts'
import { type Declare, repeated } from '../program/noun.ts'

interface InitFlags {
  readonly domain?: string
  readonly interface?: readonly string[]
  readonly site?: string
  readonly file?: string
  readonly ldapUrl?: string
  readonly ldapBase?: string
  readonly bindDn?: string
  readonly secretFile?: string
  readonly caFile?: string
}

export function declareInit(program: Command, declare: Declare): void {
  declare<InitFlags>(program, {
    name: 'init',
    summary: 'write coppice.yaml, with comments',
    help: 'What no flag says is asked on a terminal. An existing file is never overwritten. Without --ldap-url the appliance brings a directory server of its own.\n\n  coppice init --domain cluster.test --interface eth1',
    flags: [
      ['--domain <name>', 'machines are NAME.<domain>'],
      repeated('--interface <name>', 'where DHCP, DNS, TFTP and HTTP boot listen; may be repeated'),
      ['--site <name>', 'what this place is called (default: the domain)'],
      ['--file <path>', 'where to write it (default: coppice.yaml)'],
      ['--ldap-url <url>', 'an LDAP server of yours, for example ldaps://ldap.example:636'],
      ['--ldap-base <dn>', 'the base of our entries there'],
      ['--bind-dn <dn>', 'as whom to write there'],
      ['--secret-file <file>', 'file with the secret of --bind-dn'],
      ['--ca-file <file>', 'certificates that sign the LDAP server'],
    ],
    run: init,
  })
}

async function init(call: Call<InitFlags>): Promise<void> {
  const { flags, local } = call
  const file = flags.file ?? 'coppice.yaml'
  const name = flags.domain ?? (await answer(call, '--domain', 'Domain, such as cluster.test: '))
  const domain = parseDnsName(name)
  if (domain === undefined) {
    throw misused(`--domain ${name}`, 'this is no domain name', 'for example: cluster.test')
  }
  const listed = flags.interface ?? [
    await answer(call, '--interface', `Interface of the machines (${interfaceNames()}): `),
  ]
  const interfaces = listed.flatMap((one) => one.split(/[\s,]+/)).filter((one) => one !== '')
  const options: ExampleOptions = {
    domain,
    interfaces,
    ...(flags.site === undefined ? {} : { site: flags.site }),
    ...externalOf(flags),
  }
  const text = await local.exampleSettings(options)
  const read = await local.readSettings(text, file, '/var/lib/coppice')
  const [problem] = read.ok ? [] : read.problems
  if (problem !== undefined) throw new Fault(problem.code, problem.text)
  write(file, text)
  tell(
    call,
    `wrote ${file}; now: coppice doctor --config ${file}, then: coppice serve --config ${file}`,
  )
}

function externalOf(flags: InitFlags): Pick<ExampleOptions, 'external'> {
  const { ldapUrl: url, ldapBase: base, bindDn, secretFile, caFile } = flags
  if (url === undefined && base === undefined) return {}
  if (url === undefined || base === undefined) {
    throw misused('--ldap-url and --ldap-base', 'one of them is missing', 'give both or neither')
  }
  return {
    external: {
      url,
      base,
      ...(bindDn === undefined ? {} : { bindDn }),
      ...(secretFile === undefined ? {} : { secretFile }),
      ...(caFile === undefined ? {} : { caFile }),
    },
  }
}

async function answer({ io }: Call<unknown>, flag: string, question: string): Promise<string> {
  if (!io.isTerminal.in) {
    throw misused(flag, 'it is not given, and nobody is there to be asked', `add ${flag}`)
  }
  return (await io.ask(question)).trim()
}

function interfaceNames(): string {
  return Object.entries(networkInterfaces())
    .filter(([, addresses]) => addresses?.some(({ internal }) => !internal) === true)
    .map(([name]) => name)
    .join(', ')
}

/** `wx`: whoever made the file between our look and our write keeps it. */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o644 })
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    const why = cause instanceof Error ? cause.message : String(cause)
    if (isThere) {
      throw new Fault('CPC-CLI-008', {
        what: 'the configuration is not written',
        where: file,
        why: 'a file of this name exists, and it is never overwritten',
        todo: 'choose another with --file, or move it away',
      })
    }
    throw new Fault(
      'CPC-CLI-007',
      {
        what: 'the configuration cannot be written',
        where: file,
        why,
        todo: 'choose a place that you may write to, with --file',
      },
      { cause },
    )
  }
}

function misused(where: string, why: string, todo: string): Fault {
  return new Fault('CPC-CLI-001', { what: 'coppice init lacks an answer', where, why, todo })
}
