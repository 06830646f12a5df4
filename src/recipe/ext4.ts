// Why this file exists: a root file system is written without being root and without a mount, and holds the same bytes
// whoever builds it and whenever.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Contents } from './contents.ts'
import { layContents } from './lay.ts'
import { toolFault, type Toolbox, useTool } from './tool.ts'

export interface FileSystemOrder {
  readonly contents: Contents
  /** The file into which it is written, of its full size already, and where in it. */
  readonly file: string
  readonly offsetBytes: number
  readonly bytes: number
  readonly uuid: string
  /** For files in between. */
  readonly work: string
}

const secondsMax = 600
const bytesPerInode = 32_768
const kibibyte = 1024
/** Written out, so that the settings of the machine that builds do not matter. The boot loader reads all of them. */
const features = [
  'none',
  'has_journal',
  'ext_attr',
  'dir_index',
  'filetype',
  'extent',
  'sparse_super',
  'large_file',
  'huge_file',
  'dir_nlink',
  'extra_isize',
  'metadata_csum',
]
/** What a person may read in a listing; it has nothing to do with when the image was made. */
const fixedTime = '1'

export async function writeExt4(toolbox: Toolbox, order: FileSystemOrder): Promise<void> {
  const folder = join(order.work, 'root')
  layContents(order.contents, folder)
  const env = { MKE2FS_CONFIG: '/dev/null', E2FSPROGS_FAKE_TIME: fixedTime }
  await useTool(toolbox, mke2fsWords(order, folder), { secondsMax, env })
  const script = join(order.work, 'owners')
  writeFileSync(script, ownersScript(order.contents))
  const at = `${order.file}?offset=${order.offsetBytes}`
  const words = ['/usr/sbin/debugfs', '-w', '-f', script, at] as const
  const { complaint } = await useTool(toolbox, words, { secondsMax, env })
  // It tells its version, goes on after what it could not do, and ends well all the same.
  const problem = complaint.split('\n').find((line) => line !== '' && !line.startsWith('debugfs '))
  if (problem !== undefined) throw toolFault(words.join(' '), problem)
}

function mke2fsWords(
  { file, offsetBytes, bytes, uuid }: FileSystemOrder,
  folder: string,
): readonly [string, ...string[]] {
  const extended = [
    `offset=${offsetBytes}`,
    `hash_seed=${uuid}`,
    // Done now, or each node would write it in its own overlay.
    'lazy_itable_init=0',
    'lazy_journal_init=0',
    'nodiscard',
    'root_owner=0:0',
  ]
  const usual = ['-q', '-F', '-t', 'ext4', '-b', '4096', '-I', '256', '-m', '0']
  const inodes = String(Math.floor(bytes / bytesPerInode))
  const named = ['-N', inodes, '-O', features.join(','), '-U', uuid, '-L', 'root']
  const source = ['-E', extended.join(','), '-d', folder]
  const size = `${Math.floor(bytes / kibibyte)}k`
  return ['/usr/sbin/mke2fs', ...usual, ...named, ...source, file, size]
}

/** mke2fs copies owners and times from the folder it reads; those are whoever's and whenever's. */
function ownersScript(contents: Contents): string {
  const times = ['atime', 'ctime', 'mtime', 'crtime']
  const lines = ['/', '/lost+found', ...[...contents.keys()].toSorted()].flatMap((path) => [
    `sif "${path}" uid 0`,
    `sif "${path}" gid 0`,
    ...times.map((time) => `sif "${path}" ${time} @${fixedTime}`),
  ])
  return `${lines.join('\n')}\n`
}
