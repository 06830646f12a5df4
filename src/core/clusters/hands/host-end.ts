// Why this file exists: the end of a VO's network on a host is made by commands there. All of a step go in one connection,
// since each takes a second on a busy host.
import type { DnsName } from '#directory'
import type { SshTarget } from '#host'
import { type Command, readTunnels, tunnelQuestions, type TunnelSeen } from '#vocluster'
import { type RunProgram, scriptOf } from './program.ts'
import { commandFailed } from './trouble.ts'

/** How a command reaches a host. */
export type SshWords = (
  target: SshTarget,
  command: readonly string[],
) => readonly [string, ...string[]]

export interface HostShell {
  readonly host: DnsName
  readonly target: SshTarget
  readonly sshWords: SshWords
  readonly run: RunProgram
  readonly signal: AbortSignal
}

/** RFC 20 calls it the record separator; JSON never holds one. */
const separator = '\u001E'

export async function obeyOnHost(commands: readonly Command[], shell: HostShell): Promise<void> {
  await runScript(scriptOf(commands), shell)
}

/** Every end that the host has. A bridge that was left half made is one without an address. */
export async function seeOnHost(shell: HostShell): Promise<readonly TunnelSeen[]> {
  const { links, entries } = tunnelQuestions()
  const bridges: Command = { argv: ['ip', '-j', 'link', 'show', 'type', 'bridge'] }
  const questions = [links, entries, bridges].map((one) => askingLine(one))
  const out = await runScript([scriptOf([]), ...questions].join('\n'), shell)
  const [seenLinks = '', seenEntries = '', seenBridges = ''] = out.split(separator)
  const ends = readTunnels(seenLinks, seenEntries)
  const whole = new Set(ends.map(({ vni }) => vni))
  const half = readBridges(seenBridges).filter((vni) => !whole.has(vni))
  return [...ends, ...half.map((vni) => ({ vni, local: undefined, peers: [] }))]
}

/** These words hold nothing that a shell would read otherwise. */
function askingLine({ argv }: Command): string {
  return `${argv.join(' ')} || exit 1; printf '\\036'`
}

function readBridges(text: string): readonly number[] {
  return [...text.matchAll(/"ifname":\s?"cbr([1-9]\d{0,7})"/g)].map(([, digits]) => Number(digits))
}

async function runScript(script: string, shell: HostShell): Promise<string> {
  const words = shell.sshWords(shell.target, ['sh', '-c', script])
  const { ok, out, err } = await shell.run(words, shell.signal)
  if (ok) return out
  throw commandFailed(shell.host, 'a network end by SSH', err)
}
