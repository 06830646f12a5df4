// Why this file exists: a node's serial console is a stream of libvirt, and a connection of HTTP on our side; each end must
// end the other.
import { Duplex } from 'node:stream'
import type { Snapshot, Vcn } from '#directory'
import { Fault } from '#fault'
import { consoleFlag, type LibvirtStream, procedures } from '#libvirt'
import type { CoreReach } from '../reach.ts'

export interface ConsoleParts {
  readonly snapshot: () => Snapshot
  readonly reach: Pick<CoreReach, 'connectionOf'>
}

/** The host has one reader of it at a time; the newest one wins. */
export async function openConsole(vcn: Vcn, { snapshot, reach }: ConsoleParts): Promise<Duplex> {
  const host = vcn.host === undefined ? undefined : snapshot().byName.get(vcn.host)?.device
  const connection = host === undefined ? undefined : reach.connectionOf(host.id)
  if (connection === undefined) {
    throw new Fault('CPC-VO-005', {
      what: `${vcn.name} shows no console`,
      where: vcn.host === undefined ? vcn.dn : `host ${vcn.host}`,
      why: vcn.host === undefined ? 'it has no host' : 'its host does not answer',
      todo: 'coppice vcn show and coppice machine show tell their states',
    })
  }
  const domain = await connection.call(procedures.domainLookupByName, { name: vcn.name })
  const asked = { domain, flags: consoleFlag.force }
  return consoleDuplex(await connection.openStream(procedures.domainOpenConsole, asked))
}

/** Closing either end gives the other up. What the node prints while nobody reads is bounded by the stream. */
export function consoleDuplex(stream: LibvirtStream): Duplex {
  const output = stream[Symbol.asyncIterator]()
  const give = async (to: Duplex): Promise<void> => {
    const { done, value } = await output.next()
    to.push(done === true ? null : value)
  }
  const take = async (bytes: Uint8Array, done: (error?: Error) => void): Promise<void> => {
    try {
      await stream.write(bytes)
      done()
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  }
  return new Duplex({
    read() {
      give(this).catch((error: unknown) => this.destroy(error instanceof Error ? error : undefined))
    },
    write: (bytes: Uint8Array, _encoding, done) => void take(bytes, done),
    // The console goes on when one who types has no more to say.
    final: (done) => done(),
    destroy(error, done) {
      stream.abort()
      done(error)
    },
  })
}
