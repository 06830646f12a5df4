// Why this file exists: a procedure of libvirt is data (number, how to write what is asked, how to read what comes
// back, how long it may take), so that the connection knows none of them by name.
import type { XdrReader } from '../xdr/reader.ts'
import type { XdrWriter } from '../xdr/writer.ts'

export interface Procedure<A, R> {
  readonly name: string
  readonly number: number
  readonly encode: (writer: XdrWriter, asked: A) => unknown
  readonly decode: (reader: XdrReader) => R
  readonly deadlineMs: number
}

/** What happens when a stream brings more than its reader fetches. */
export type Overflow =
  /** A console: it is closed, because everything else on the connection matters more. */
  | 'cut'
  /** A volume: the connection is not read on. So downloads deserve a connection of their own. */
  | 'pause'

export interface StreamProcedure<A> extends Procedure<A, void> {
  readonly overflow: Overflow
}

/** For procedures that need no argument: `call(procedures.nodeGetInfo, {})`. */
export type Nothing = Readonly<Record<string, never>>

const quickMs = 30_000
/** Storage and the first probe of the emulators take their time. */
const slowMs = 300_000

export function procedure<A, R>(
  name: string,
  number: number,
  encode: Procedure<A, R>['encode'],
  decode: Procedure<A, R>['decode'],
): Procedure<A, R> {
  return { name, number, encode, decode, deadlineMs: quickMs }
}

export function slow<A, R>(quick: Procedure<A, R>): Procedure<A, R> {
  return { ...quick, deadlineMs: slowMs }
}

export function streaming<A>(opening: Procedure<A, void>, overflow: Overflow): StreamProcedure<A> {
  return { ...opening, overflow }
}

export function writeNothing(_writer: XdrWriter, _asked: Nothing): void {}

export function readNothing(_reader: XdrReader): void {}
