// Why this file exists: two TFTP servers that many boot racks have: both serve the world's files from a folder.
import { join } from 'node:path'
import { end, startIn } from '../harness/commands.ts'
import type { Subject } from '../harness/subject.ts'
import type { Stage } from '../harness/stage.ts'
import { server } from '../harness/world.ts'
import { putFiles } from './dnsmasq.ts'

type Argv = readonly [string, ...string[]]

function tftpServer(
  about: Pick<Subject, 'name' | 'debianPackage'> & { readonly rfcs: readonly number[] },
  program: string,
  argvOf: (root: string, stage: Stage) => Argv,
): Subject {
  const { name, debianPackage, rfcs } = about
  return {
    name,
    debianPackage,
    programs: [program],
    claims: { tftp: rfcs },
    start(stage) {
      const argv = argvOf(putFiles(stage.folder), stage)
      const child = startIn(stage.namespace, argv, join(stage.folder, `${name}.log`))
      return Promise.resolve({ stop: () => end(child) })
    },
  }
}

/** It conflicts with atftpd, so it may lie elsewhere, unpacked by `dpkg -x`. */
const hpaProgram = process.env['TFTPD_HPA'] ?? '/usr/sbin/in.tftpd'
const hpa = { name: 'tftpd-hpa', debianPackage: 'tftpd-hpa', rfcs: [1350, 1123, 2347, 2348, 2349] }
export const tftpdHpa = tftpServer(hpa, hpaProgram, (root) => {
  return [hpaProgram, '-L', '-4', '-a', `${server}:69`, '-u', 'root', '-s', root]
})

const atftpdProgram = '/usr/sbin/atftpd'
const advanced = {
  name: 'atftpd',
  debianPackage: 'atftpd',
  rfcs: [1350, 1123, 2347, 2348, 2349, 7440],
}
export const atftpd = tftpServer(advanced, atftpdProgram, (root, { folder }) => {
  const where = [
    '--user',
    'root.root',
    '--bind-address',
    server,
    '--logfile',
    join(folder, 'messages'),
  ]
  return [atftpdProgram, '--daemon', '--no-fork', ...where, root]
})
