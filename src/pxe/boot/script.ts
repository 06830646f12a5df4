// Why this file exists: the scripts that our loader runs, each as short as a screen, each with an end: a machine
// that fails says so and asks again, more and more seldom.
import { formatIp4, type Ip4, type Mac } from '#directory'
import type { BootSettings } from '#feed'
import { explainBootRule } from './boot-rule.table.ts'
import type { BootDecision } from './decision.ts'
import { type BootRequest, roundMax } from './boot-request.ts'
import { ipxe, ipxeScript, sentence } from './ipxe.ts'
import { readKernelParameters } from './kernel-parameter.ts'

/** What every script needs to know of us. */
export interface ScriptPlace {
  readonly server: Ip4
  readonly boot: BootSettings
  /** Paths of the host image, as our HTTP server serves them. */
  readonly kernelPath: string
  readonly initrdPath: string
  readonly console: readonly string[]
}

export const defaultScriptPaths = {
  kernelPath: '/boot/kvm-host/vmlinuz',
  initrdPath: '/boot/kvm-host/initrd',
  console: ['console=tty0', 'console=ttyS0,115200'],
} as const

/** The client's first pause, and the longest. */
const pauseSecondsMin = 3
const pauseSecondsMax = 20
/** An appliance that starts again is back within seconds; a machine that gave up at once would go through its firmware. */
const pausesBeforeReboot = [3, 6, 12, 20] as const
/** A loader does not renew its lease; by asking DHCP anew each so many rounds, it keeps it. */
const roundsPerLease = 10

/**
 * The first script, whoever asks: it asks again with all that iPXE knows of the machine. The card is the one that
 * holds the address it asks from; `netX`, iPXE's word for the card in use, is for addresses from elsewhere.
 */
export function entryScript(server: Ip4, mac: Mac | undefined): string {
  return ipxeScript(...insist(server, askAgain(server, mac ?? '${netX/mac}', 0)))
}

/** Asks, waits and asks again, more and more seldom; then the machine starts anew. */
function insist(server: Ip4, question: string): readonly string[] {
  const silence = ipxe`echo No boot script from ${formatIp4(server)}`
  const retries = pausesBeforeReboot.map((pause) => [silence, ipxe`sleep ${pause}`, question])
  return [question, ...retries.flat(), 'reboot']
}

function askAgain(server: Ip4, mac: Mac | '${netX/mac}', round: number): string {
  const who = mac === '${netX/mac}' ? mac : ipxe`${mac}`
  const where = ipxe`chain --replace --autofree http://${formatIp4(server)}/boot.ipxe?mac=`
  const what = '&uuid=${uuid}&serial=${serial:uristring}&platform=${platform}'
  return `${where}${who}${what}${ipxe`&round=${round} ||`}`
}

export interface ScriptFor {
  readonly decision: BootDecision
  readonly request: BootRequest
  readonly place: ScriptPlace
  /** One-use number of this boot: 32 hex digits. */
  readonly claim: string
}

export function bootScript({ decision, request, place, claim }: ScriptFor): string {
  switch (decision.kind) {
    case 'kvm-host': {
      const title = sentence(`Coppice: ${decision.machine.name} becomes a KVM host`)
      const words = [`coppice.claim=${claim}`]
      return kernelScript(place, request, { title, words, values: decision.machine.bootParameters })
    }
    case 'rescue': {
      const title = sentence(`Coppice: ${decision.machine.name} boots the rescue system`)
      // No claim: a rescue system is no host and gets no certificate.
      return kernelScript(place, request, { title, words: ['coppice.mode=rescue'], values: [] })
    }
    case 'disk':
      return diskScript(request)
    case 'wait': {
      const adopt = `coppice machine adopt ${request.mac} --name NAME`
      return waitScript(place.server, request, `This machine waits for its name: ${adopt}`)
    }
    case 'withheld':
      return waitScript(
        place.server,
        request,
        `This machine waits for a person: ${explainBootRule(decision.why)}`,
      )
  }
}

interface KernelWords {
  readonly title: readonly string[]
  readonly words: readonly string[]
  readonly values: readonly string[]
}

function kernelScript(place: ScriptPlace, request: BootRequest, kernel: KernelWords): string {
  const server = formatIp4(place.server)
  const own = [
    `coppice.server=${server}`,
    `coppice.ca=${place.boot.caFingerprint}`,
    `coppice.enrol=${place.boot.enrolPort}`,
    ...kernel.words,
    `coppice.mac=${request.mac}`,
    'ip=none',
    ...place.console,
  ]
  const { taken, refused } = readKernelParameters(kernel.values)
  return ipxeScript(
    ipxe`echo ${kernel.title}`,
    ...refused.map((word) => ipxe`echo bootParameter left out: ${word}`),
    // UEFI finds the initrd by this name; BIOS takes it in any case.
    ipxe`kernel http://${server}${place.kernelPath} initrd=initrd ${[...own, ...taken]} || goto failed`,
    ipxe`initrd --name initrd http://${server}${place.initrdPath} || goto failed`,
    'boot || goto failed',
    ':failed',
    'echo The host image did not start',
    ipxe`sleep ${pauseSeconds(request.round)}`,
    'imgfree',
    ...insist(place.server, askAgain(place.server, request.mac, nextRound(request.round))),
  )
}

/** UEFI goes on to its next boot entry by itself; many a BIOS does not come back to its list. */
function diskScript({ platform }: BootRequest): string {
  return platform === 'efi'
    ? ipxeScript('echo Coppice: booting from disk', 'exit')
    : ipxeScript('echo Coppice: booting from disk', 'sanboot --no-describe --drive 0x80 ||', 'exit')
}

function waitScript(server: Ip4, request: BootRequest, text: string): string {
  const isDue = request.round % roundsPerLease === roundsPerLease - 1
  return ipxeScript(
    ipxe`echo ${sentence(text)}`,
    ipxe`sleep ${pauseSeconds(request.round)}`,
    ...(isDue ? ['dhcp || reboot'] : []),
    ...insist(server, askAgain(server, request.mac, nextRound(request.round))),
  )
}

function pauseSeconds(round: number): number {
  return Math.min(pauseSecondsMax, pauseSecondsMin + round)
}

function nextRound(round: number): number {
  return round >= roundMax ? 1 : round + 1
}
