// Why this file exists: what TFTP and HTTP may give away is one explicit map from names to bytes. A name is a key and
// never a path, so no spelling of it can reach another file.
export interface HeldFile {
  readonly kind: 'held'
  readonly name: string
  readonly bytes: Uint8Array
  /** SHA-256, lower-case hex. */
  readonly digest: string
}

/** Too large for memory: read from the disk for each who asks, by HTTP only. */
export interface DiskFile {
  readonly kind: 'disk'
  readonly name: string
  readonly size: number
  /** Not of its bytes, but of what tells this version of it from all others. */
  readonly digest: string
  /** Rejects when it is not that version any more. */
  readonly open: () => Promise<DiskReader>
}

export interface DiskReader {
  /** Fills all of `into` from that place on; rejects when the file changed meanwhile. */
  readonly fill: (into: Uint8Array, at: number) => Promise<void>
  readonly close: () => Promise<void>
}

export type BootFile = HeldFile | DiskFile

export interface BootFiles {
  find(name: string): BootFile | undefined
}

export function sizeOf(file: BootFile): number {
  return file.kind === 'held' ? file.bytes.length : file.size
}

export type Asked =
  | { readonly kind: 'file'; readonly file: BootFile }
  | { readonly kind: 'absent' }
  /** HOSTILE 17: the name was meant as a way out. */
  | { readonly kind: 'hostile' }

/** Firmware writes some names with a slash before them; that is the same key. */
export function findAsked(files: BootFiles, name: string): Asked {
  const file = files.find(name.startsWith('/') ? name.slice(1) : name)
  if (file) return { kind: 'file', file }
  return meansAPath(name) ? { kind: 'hostile' } : { kind: 'absent' }
}

function meansAPath(name: string): boolean {
  return (
    name.startsWith('/') ||
    name.includes('\\') ||
    /^[a-z]:/i.test(name) ||
    /%(2e|2f|5c)/i.test(name) ||
    name.split('/').includes('..')
  )
}

/** A name as it may stand in a log: printable and short. */
export function printableName(name: string): string {
  return printableText(name.replaceAll(' ', '?'))
}

/** What a client says for people to read: one line, and short. */
export function printableText(text: string): string {
  const clean = text.replaceAll(/[^\x20-\x7e]/g, '?')
  return clean.length > printableMax ? `${clean.slice(0, printableMax)}…` : clean
}
const printableMax = 120
