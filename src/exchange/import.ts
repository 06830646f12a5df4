// Why this file exists: the one way in: files of one format, named or told by what is unmistakably theirs, become machines
// and networks, or everything that is wrong with them.
import type { DnsName, Role, Subnet } from '#directory'
import { looksLikeCsv, readCsv } from './csv/read.ts'
import { looksLikeDhcpd, readDhcpd } from './dhcpd/read.ts'
import { looksLikeDnsmasq, readDnsmasq } from './dnsmasq/read.ts'
import { Gathering } from './found.ts'
import { looksLikeHosts, readHosts } from './hosts/read.ts'
import { looksLikeKea, readKea } from './kea/read.ts'
import {
  type FormatName,
  formatNames,
  type ImportOutcome,
  type ImportProblem,
  type ImportResult,
} from './outcome.ts'
import { Report } from './report.ts'
import { settleMachines } from './settle/machines.ts'
import { settleNetworks } from './settle/networks.ts'
import type { SourceFile } from './source.ts'
import { looksLikeWarewulf, readWarewulf } from './warewulf/read.ts'

/** Of all files together. */
export const importCharactersMax = 64 * 1024 * 1024
export const importFilesMax = 256

export interface ImportOptions {
  /** Absent: told by the content. */
  readonly format?: FormatName
  /** The appliance's, and others whose names are taken as ours. */
  readonly domains: readonly DnsName[]
  /** Networks that are there already. */
  readonly known: readonly Subnet[]
  /** Of machines whose role the files do not tell. */
  readonly role?: Role
}

export function importFiles(files: readonly SourceFile[], options: ImportOptions): ImportResult {
  const tooMuch = overLimits(files)
  if (tooMuch !== undefined) return { ok: false, refusal: [tooMuch] }
  const format = options.format ?? formatOf(files)
  if (typeof format !== 'string') return { ok: false, refusal: [format] }
  const report = new Report()
  const gathering = new Gathering(report, options.domains)
  const outcome =
    report.problems.length > 0 ? undefined : readAll(format, files, gathering, options)
  const { problems } = report
  return outcome === undefined || problems.length > 0
    ? { ok: false, refusal: problems }
    : { ok: true, value: outcome }
}

function readAll(
  format: FormatName,
  files: readonly SourceFile[],
  gathering: Gathering,
  { known, role }: ImportOptions,
): ImportOutcome | undefined {
  const { report } = gathering
  const others = new Set(files.map(({ name }) => name.split('/').at(-1) ?? name))
  switch (format) {
    case 'dhcpd':
      for (const file of files) readDhcpd(file, gathering, others)
      break
    case 'kea':
      for (const file of files) readKea(file, gathering, others)
      break
    case 'dnsmasq':
      readDnsmasq(files, gathering, { known, others })
      break
    case 'hosts':
      for (const file of files) readHosts(file, gathering)
      break
    case 'csv':
      for (const file of files) readCsv(file, gathering)
      break
    case 'warewulf':
      readWarewulf(files, gathering)
      break
  }
  if (report.problems.length > 0) return undefined
  const networks = settleNetworks(gathering)
  const machines = settleMachines(gathering, [...known, ...networks]).map((machine) => {
    return role === undefined ? machine : { ...machine, facts: { role, ...machine.facts } }
  })
  return { format, networks, machines, understood: report.understood, leftOut: report.leftOut }
}

const looks: Readonly<Record<FormatName, (text: string) => boolean>> = {
  dhcpd: looksLikeDhcpd,
  kea: looksLikeKea,
  dnsmasq: looksLikeDnsmasq,
  hosts: looksLikeHosts,
  csv: looksLikeCsv,
  warewulf: looksLikeWarewulf,
}

/** Guessed wrongly, a file would be taken for half of what it is; so all must agree, and each on one format. */
function formatOf(files: readonly SourceFile[]): FormatName | ImportProblem {
  let agreed: FormatName | undefined
  for (const { name, text } of files) {
    const fitting = formatNames.filter((format) => looks[format](text))
    const [only, other] = fitting
    if (only === undefined) return unknown(name, 'its content is of no format that is known here')
    if (other !== undefined) return unknown(name, `it looks like ${fitting.join(' and like ')}`)
    if (agreed !== undefined && only !== agreed) {
      return unknown(name, `it looks like ${only}, and ${files[0]?.name ?? ''} like ${agreed}`)
    }
    agreed = only
  }
  return agreed ?? unknown('the order', 'no file was given')
}

function unknown(where: string, why: string): ImportProblem {
  return { code: 'CPC-IMP-001', where, why }
}

function overLimits(files: readonly SourceFile[]): ImportProblem | undefined {
  const problem = (why: string): ImportProblem => ({
    code: 'CPC-IMP-003',
    where: files[0]?.name ?? '',
    why,
  })
  if (files.length > importFilesMax)
    return problem(`they are ${files.length} files, and ${importFilesMax} are the most`)
  const characters = files.reduce((sum, { text }) => sum + text.length, 0)
  if (characters <= importCharactersMax) return undefined
  return problem(
    `they have ${characters} characters together, and ${importCharactersMax} are the most`,
  )
}
