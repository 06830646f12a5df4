// Why this file exists: what needs no running appliance: starting it, building images for it, the emulated rack, and help.
import { dirname } from 'node:path'
import type { Command } from 'commander'
import type { LabFlags, LabVerb } from '#lab'
import type { BuiltImage } from '#recipe'
import { Fault, faultCodes, faultTable, findFaultCode } from '#fault'
import { printList, printThing } from '../output/print.ts'
import { progressOn } from '../output/progress.ts'
import type { Call } from '../program/call.ts'
import type { Declare, Flag } from '../program/noun.ts'

export const usualDataDir = '/var/lib/coppice'
const usualCacheDir = '/var/cache/coppice'

export function declareServe(program: Command, declare: Declare): void {
  declare<{ config?: string; data?: string }>(program, {
    name: 'serve',
    summary: 'run the appliance, in the foreground',
    help: `It is ready when it prints a line that starts with "ready", and stops on SIGTERM or Ctrl-C. It needs the rights to listen on ports below 1024. Write a configuration first with "coppice init".\n\n  coppice serve --config coppice.yaml --data ${usualDataDir}`,
    flags: [
      ['--config <file>', 'its configuration (default: coppice.yaml)'],
      ['--data <dir>', `where it keeps its state (default: ${usualDataDir})`],
    ],
    run: ({ local, flags }) =>
      local.serve({
        configPath: flags.config ?? 'coppice.yaml',
        dataDir: flags.data ?? usualDataDir,
      }),
  })
}

interface BuildFlags {
  readonly cache?: string
  readonly kernel?: string
  readonly into?: string
}

export function declareImageBuild(noun: Command, declare: Declare): void {
  declare<BuildFlags>(noun, {
    name: 'build',
    summary: 'build an image from Debian packages, or take it from the cache',
    help: 'The image of a host is a kernel and an initial RAM disk; those of virtual nodes are disks, to be pushed. The same recipe and packages are built only once.\n\n  coppice image build kvm-host --into /var/lib/coppice/boot/kvm-host\n  coppice image build voc-compute',
    words: [['<recipe>', 'kvm-host, voc-head or voc-compute']],
    flags: [
      ['--cache <dir>', `where packages and images are kept (default: ${usualCacheDir})`],
      ['--kernel <package>', 'kernel package, for example linux-image-amd64 for physical machines'],
      ['--into <dir>', 'lay the image here as well, for boot.hostImage of coppice.yaml'],
    ],
    run: buildImage,
  })
}

async function buildImage(call: Call<BuildFlags>): Promise<void> {
  const { io, flags, local, words } = call
  const progress = progressOn(io, flags.quiet === true, () => performance.now())
  const image = await local
    .buildImage({
      recipe: words[0] ?? '',
      cacheDir: flags.cache ?? usualCacheDir,
      ...(flags.kernel === undefined ? {} : { kernel: flags.kernel }),
      ...(flags.into === undefined ? {} : { outputDir: flags.into }),
      onProgress: ({ step, done, total }) => progress.show({ what: step, done, total }),
    })
    .finally(() => progress.end())
  const built = builtImage(image)
  await printThing(io, flags, built, image.kind === 'disk' ? image.disk : built.directory)
}

function builtImage(image: BuiltImage): Readonly<Record<string, string | number>> & {
  readonly directory: string
} {
  const { recipe, digest, kernelRelease, packages } = image.manifest
  const common = { recipe, digest, kernelRelease, packages: packages.length }
  if (image.kind === 'disk') {
    const { disk, manifest } = image
    const { bytes, sha256 } = manifest.disk
    const sizes = { diskBytes: bytes, sha256, virtualBytes: manifest.virtualBytes }
    return { directory: dirname(disk), disk, ...common, ...sizes }
  }
  const { kernel, initrd, manifest } = image
  const sizes = { initrdBytes: manifest.initrd.bytes, unpackedBytes: manifest.unpackedBytes }
  return { directory: dirname(kernel), kernel, initrd, ...common, ...sizes }
}

const labVerbs = ['up', 'down', 'status', 'test'] as const satisfies readonly LabVerb[]

const labFlags: readonly Flag[] = [
  ['--keep', 'leave the rack standing afterwards'],
  ['--rack <name>', 'name of this rack, when there are several'],
  ['--machines <number>', 'how many machines'],
  ['--domain <name>', 'its DNS domain'],
  ['--network <cidr>', 'its provisioning network'],
  ['--mac-prefix <octets>', 'how the MACs of its machines begin'],
  ['--memory <MiB>', 'memory of each machine'],
  ['--deadline <seconds>', 'from power-on until every machine must be ready'],
  ['--patience <percent>', 'how much of its usual time each phase of a boot has'],
  ['--cache <dir>', 'where host images are kept between runs'],
  ['--state <dir>', 'where the rack keeps its own state and logs'],
  [
    '--until <stage>',
    'how far: ready (hosts), cluster (nodes up and down again), all (with isolation, faults of NFS and HPL)',
  ],
  ['--vcn-memory <MiB>', 'memory of each virtual node'],
  ['--hpl-n <number>', 'order of the matrix that HPL solves'],
  ['--fault <name>', 'test: run this row of the fault table only'],
]

export function declareLab(program: Command, declare: Declare): void {
  declare<LabFlags>(program, {
    name: 'lab',
    summary: 'raise an emulated rack on this machine and drive the appliance through its whole job',
    help: 'up: from power-on to ready hosts, to virtual clusters with an HPL figure, and back; ends with tables. down: takes away what stands. status: tells what stands. test: breaks things and judges what the appliance says. Needs root.\n\n  coppice lab\n  coppice lab up --machines 4 --keep',
    words: [['[verb]', 'up (usual), down, status or test']],
    flags: labFlags,
    run: async ({ local, flags, words: [word = 'up'] }) => {
      const verb = labVerbs.find((one) => one === word)
      if (verb !== undefined) return local.lab(verb, flags)
      throw new Fault('CPC-CLI-001', {
        what: 'the lab cannot do that',
        where: `coppice lab ${word}`,
        why: `${word} is none of ${labVerbs.join(', ')}`,
        todo: 'look at: coppice lab --help',
      })
    },
  })
}

export function declareHelpers(program: Command, declare: Declare): void {
  declare(program, {
    name: 'version',
    summary: 'tell the version of this program',
    help: 'The version of the appliance is in "coppice status".',
    run: async ({ io, flags, local }) => {
      if (flags.output === 'table') return io.out(`coppice ${local.version}`)
      return printThing(io, flags, { version: local.version, node: process.version }, local.version)
    },
  })
  declare(program, {
    name: 'explain-error',
    summary: 'explain an error code, or list all of them',
    help: '  coppice explain-error CPC-DHCP-012',
    words: [['[code]', 'as it stands in an error message']],
    run: explainError,
  })
}

async function explainError({ io, flags, words: [asked] }: Call<unknown>): Promise<void> {
  if (asked === undefined) {
    const all = faultCodes().map((code) => ({ code, title: faultTable[code].title }))
    return printList(io, flags, all, {
      nameOf: ({ code }) => code,
      columns: [
        { title: 'code', text: ({ code }) => code },
        { title: 'title', text: ({ title }) => title },
      ],
    })
  }
  const code = findFaultCode(asked)
  if (code === undefined) {
    throw new Fault('CPC-CLI-010', {
      what: `there is no error ${asked}`,
      where: 'coppice explain-error',
      why: 'this version of coppice knows no such code',
      todo: 'list all with: coppice explain-error',
    })
  }
  const { title, explanation, exit, status } = faultTable[code]
  if (flags.output !== 'table') {
    return printThing(io, flags, { code, title, explanation, exit, status }, code)
  }
  io.out(`${code}: ${title}\n\n${explanation}`)
}
