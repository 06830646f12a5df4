// Why this file exists: apt knows which packages belong together and whose signature they carry; nothing is
// installed on this machine, and no maintainer script is run.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#fault'
import type { Recipe } from './recipe.ts'
import type { Ran, Run } from './run.ts'
import { namePattern } from './tree.ts'

export interface Package {
  readonly name: string
  readonly version: string
  readonly architecture: string
}

export interface PackageSource {
  readonly cacheDir: string
  readonly run: Run
}

const downloadSecondsMax = 1800
const updateSecondsMax = 600
const packagesPerUnpackSeconds = 120

/** apt as on a machine that has nothing: the whole closure is answered, and this machine's state is not touched. */
function apt(source: PackageSource, ...words: readonly string[]): readonly string[] {
  const options = [
    'Dir::State::status=/dev/null',
    `Dir::Cache=${join(source.cacheDir, 'apt')}`,
    'APT::Install-Recommends=false',
    'APT::Sandbox::User=root',
  ]
  return ['apt-get', '-qq', ...options.flatMap((option) => ['-o', option]), ...words]
}

/** Every package that the recipe needs, less what it leaves out, in the versions that apt would take now. */
export async function resolvePackages(
  recipe: Recipe,
  kernelPackage: string,
  source: PackageSource,
): Promise<readonly Package[]> {
  mkdirSync(join(source.cacheDir, 'apt/archives/partial'), { recursive: true })
  const ask = (): Promise<Ran> =>
    source.run(apt(source, '--simulate', 'install', kernelPackage, ...recipe.packages))
  let answer = await ask()
  if (answer.status !== 0) {
    // A fresh machine has no package lists yet.
    await source.run(['apt-get', '-qq', 'update'], { secondsMax: updateSecondsMax })
    answer = await ask()
  }
  if (answer.status !== 0)
    throw new Fault('CPC-RCP-002', {
      what: `the packages of recipe ${recipe.name} cannot be resolved`,
      where: [kernelPackage, ...recipe.packages].join(' '),
      why: answer.complaint || `apt-get ended with ${answer.status}`,
      todo: 'check the package names and the apt sources of this machine (Debian 12), then run apt-get update as root',
    })
  const left = recipe['leave-out'].map(namePattern)
  return parseSimulation(answer.output).filter(({ name }) => !left.some((rule) => rule.test(name)))
}

/** Lines like `Inst libc6 (2.36-9 Debian:12.15/oldstable [amd64]) []`, sorted by name. */
export function parseSimulation(text: string): readonly Package[] {
  return text
    .split('\n')
    .map((line) => /^Inst (\S+) (?:\[\S+\] )?\((\S+) .*\[([a-z0-9]+)\]\)/.exec(line))
    .filter((match) => match !== null)
    .map(([, name = '', version = '', architecture = '']) => ({ name, version, architecture }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** As apt names the file: a colon would be read as a host by old tools. */
export function archiveName({ name, version, architecture }: Package): string {
  return `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`
}

/** The archives of all packages, in the cache, each whole: apt checks signature and digest before it is moved there. */
export async function downloadPackages(
  packages: readonly Package[],
  source: PackageSource,
): Promise<readonly string[]> {
  const folder = join(source.cacheDir, 'debs')
  mkdirSync(folder, { recursive: true })
  const absent = packages.filter((one) => !existsSync(join(folder, archiveName(one))))
  if (absent.length > 0) await downloadInto(folder, absent, source)
  return packages.map((one) => join(folder, archiveName(one)))
}

async function downloadInto(
  folder: string,
  packages: readonly Package[],
  source: PackageSource,
): Promise<void> {
  const partial = mkdtempSync(join(folder, 'partial-'))
  try {
    const wanted = packages.map(({ name, version }) => `${name}=${version}`)
    const got = await source.run(apt(source, 'download', ...wanted), {
      folder: partial,
      secondsMax: downloadSecondsMax,
    })
    for (const file of readdirSync(partial)) renameSync(join(partial, file), join(folder, file))
    const absent = packages.find((one) => !existsSync(join(folder, archiveName(one))))
    if (got.status !== 0 || absent !== undefined)
      throw new Fault('CPC-RCP-003', {
        what: 'packages cannot be downloaded',
        where: absent === undefined ? folder : archiveName(absent),
        why: got.complaint || `apt-get download ended with ${got.status}`,
        todo: 'run apt-get update as root, check the network, and build again: what has arrived is kept',
      })
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

/** Lays the files of one archive into a folder; nothing of the package is run. */
export async function unpackPackage(archive: string, folder: string, run: Run): Promise<void> {
  const done = await run(['dpkg-deb', '--extract', archive, folder], {
    secondsMax: packagesPerUnpackSeconds,
  })
  if (done.status === 0) return
  rmSync(archive, { force: true })
  throw new Fault('CPC-RCP-004', {
    what: 'a package cannot be unpacked',
    where: archive,
    why: done.complaint || `dpkg-deb ended with ${done.status}`,
    todo: 'build again: the archive was removed and will be fetched anew; if it persists, look at the free disk space',
  })
}
