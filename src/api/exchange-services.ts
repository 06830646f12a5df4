// Why this file exists: what other programs describe machines with comes in and goes out through these two questions to
// core, and these are the shapes that programs see.
import type { TroubleView } from './cluster-services.ts'
import type { Caller, OrderWatch } from './services.ts'

export interface ImportRequest {
  /** Absent: told by the content, where that is unmistakable. */
  readonly format?: string | undefined
  readonly files: readonly { readonly name: string; readonly text: string }[]
  /** Whose names are ours beside those of the appliance's own domain. */
  readonly domains?: readonly string[] | undefined
  /** Of machines whose role the files do not tell. */
  readonly role?: 'host' | 'other' | undefined
  readonly dryRun?: boolean | undefined
}

export interface LeftOutView {
  /** file:line:column */
  readonly where: string
  readonly what: string
  readonly why: string
}

export interface ImportView {
  readonly format: string
  readonly understood: readonly string[]
  readonly leftOut: readonly LeftOutView[]
  /** What the directory holds with the same content. */
  readonly already: readonly string[]
  /** What it holds otherwise, and what another entry holds: left as it is. */
  readonly conflicts: readonly LeftOutView[]
  /** What is new. */
  readonly networks: readonly string[]
  readonly machines: readonly string[]
  /** Of these, what was written and is served; of a dry run nothing. */
  readonly done: readonly string[]
  readonly failed: readonly { readonly name: string; readonly trouble: TroubleView }[]
  /** RFC 2849; of a dry run. */
  readonly ldif?: string
}

export const exportFormats = ['ldif', 'hosts', 'ethers', 'csv', 'dhcpd', 'dnsmasq', 'zone'] as const
export type ExportFormat = (typeof exportFormats)[number]

export interface ExchangeServices {
  readonly imports: {
    /** Answers after our own feed has shown what was written. */
    run(request: ImportRequest, caller: Caller, watch: OrderWatch): Promise<ImportView>
  }
  readonly exports: {
    /** From one snapshot, piece by piece. `zone`: of the format zone; absent: the appliance's domain. */
    file(format: ExportFormat, zone?: string): Iterable<string>
  }
}
