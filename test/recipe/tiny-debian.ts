// Why this file exists: a build must be seen whole without a network: a Debian of three packages, made with the real
// dpkg-deb, and an apt that serves them.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { archiveName, type Package } from '../../src/recipe/packages.ts'
import { type Ran, type Run, type RunOptions, runProgram } from '../../src/recipe/run.ts'
import { tinyElf } from './tiny-elf.ts'

export const release = '6.1.0-test'
const loader = '/lib64/ld-linux-x86-64.so.2'

const packages: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>> = {
  'linux-image-test': {
    [`/boot/vmlinuz-${release}`]: 'a kernel',
    [`/lib/modules/${release}/kernel/fs/nfsv4.ko`]: 'nfsv4',
    [`/lib/modules/${release}/kernel/fs/nfs.ko`]: 'nfs',
    [`/lib/modules/${release}/kernel/sound/snd.ko`]: 'never wanted',
    [`/lib/modules/${release}/modules.builtin`]: 'kernel/tun.ko\n',
    [`/lib/modules/${release}/modules.builtin.modinfo`]: '',
    [`/lib/modules/${release}/modules.order`]: '',
  },
  libthing: { '/usr/lib/x86_64-linux-gnu/libthing.so.1': tinyElf({}), [loader]: tinyElf({}) },
  thing: {
    '/bin/thing': tinyElf({ needed: ['libthing.so.1'], interpreter: loader }),
    '/bin/busybox': tinyElf({}),
    '/bin/kmod': tinyElf({}),
    '/sbin/mke2fs': tinyElf({}),
    '/sbin/debugfs': tinyElf({}),
    '/usr/bin/qemu-img': tinyElf({}),
    '/usr/bin/grub-mkimage': tinyElf({}),
    '/usr/bin/mksquashfs': tinyElf({}),
    '/usr/lib/grub/i386-pc/boot.img': 'boot'.repeat(128),
    '/usr/lib/big/table': 'large and seldom read',
    '/usr/share/thing/data': 'data',
    '/usr/share/doc/thing/copyright': 'not in the image',
  },
}

export const recipeText = `version: 1
name: tiny
kernel: { package: linux-image-test }
packages: [thing]
programs: [/usr/bin/thing, /usr/bin/busybox]
files: [/usr/share/thing/*]
links: { /sbin/other: thing }
busybox: /bin/busybox
directories: [/var/log]
modules: [nfsv4, tun]
limits: { initrd: 1MiB, unpacked: 1MiB }
`

/** The same as a disk of a node. */
export const diskText = recipeText.replace(
  'kernel:',
  'disk: { size: 9MiB, kernel-parameters: [console=ttyS0], modules: [nfs] }\nkernel:',
)

export interface TinyDebian {
  readonly run: Run
  /** Every command that was started, as one line each. */
  readonly started: string[]
  /** The version that apt offers from now on. */
  offer(version: string): void
}

export function tinyDebian(folder: string): TinyDebian {
  const started: string[] = []
  let version = '1:1.0'
  const offered = (): Package[] =>
    Object.keys(packages).map((name) => ({ name, version, architecture: 'amd64' }))
  const download = (into: string): void => {
    for (const one of offered()) copyFileSync(debOf(folder, one), join(into, archiveName(one)))
  }
  const run: Run = async (command, options) => {
    const line = command.join(' ')
    started.push(line)
    const done = { status: 0, output: '', complaint: '' }
    if (line.includes('--simulate')) {
      const lines = offered().map((one) => `Inst ${one.name} (${one.version} Debian:12 [amd64])`)
      return { ...done, output: lines.join('\n') }
    }
    if (line.includes(' download ')) download(options?.folder ?? folder)
    if (command.includes('depmod')) indexOf(command.at(-2) ?? '')
    if (line.endsWith('busybox --list-full'))
      return { ...done, output: 'bin/sh\nusr/bin/thing\nsbin/init\n' }
    const [, , tool = '', , , , ...words] = command
    if (line.includes('--library-path') && !command.includes('depmod'))
      return playTool(tool, words, options)
    return command[0] === 'dpkg-deb' ? runProgram(command, options) : done
  }
  const offer = (next: string): void => {
    version = next
  }
  return { run, started, offer }
}

/** This machine's own, but for those that few machines have: these write down what they were given. */
async function playTool(
  tool: string,
  words: readonly string[],
  options?: RunOptions,
): Promise<Ran> {
  const done = { status: 0, output: '', complaint: '' }
  if (tool.endsWith('grub-mkimage')) {
    const settings = readFileSync(words[words.indexOf('-c') + 1] ?? '', 'utf8')
    writeFileSync(words[words.indexOf('-o') + 1] ?? '', `core: ${settings}`)
    return done
  }
  if (tool.endsWith('mksquashfs')) {
    const [folder = '', file = ''] = words
    writeFileSync(file, readdirSync(folder, { recursive: true, encoding: 'utf8' }).join('\n'))
    return done
  }
  return runProgram([tool, ...words], options)
}

function debOf(folder: string, one: Package): string {
  const content = join(folder, one.name)
  const control = `Package: ${one.name}\nVersion: ${one.version}\nArchitecture: amd64\nMaintainer: nobody <n@example.org>\nDescription: for a test\n`
  for (const [path, text] of Object.entries({
    ...packages[one.name],
    '/DEBIAN/control': control,
  })) {
    mkdirSync(dirname(content + path), { recursive: true })
    writeFileSync(content + path, text)
  }
  const deb = `${content}.deb`
  execFileSync('dpkg-deb', ['--build', '--root-owner-group', '-Znone', content, deb])
  return deb
}

function indexOf(base: string): void {
  const file = join(base, 'lib/modules', release, 'modules.dep')
  writeFileSync(
    file,
    'kernel/fs/nfsv4.ko: kernel/fs/nfs.ko\nkernel/fs/nfs.ko:\nkernel/sound/snd.ko:\n',
  )
}
