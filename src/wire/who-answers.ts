// Why this file exists: whether an address is taken is asked on its own wire by ARP, and behind a relay by a ping; what is
// asked at the same moment goes out together.
import { execFile } from 'node:child_process'
import { contains, formatIp4, type Ip4, type Mac, parseIp4, parseMac } from '#directory'
import { arpProbesMax, probeByArp } from '#net'
import type { WhoAnswers } from '#pxe'
import type { Place } from './place.ts'

/** Machines that are switched on together ask within one moment. */
const gatherMs = 5
const pingDeadlineMs = 700
/** Each is a process. Who is not asked is taken for silent, as one that lets no ping through. */
const pingsMax = 16

type Answers = ReadonlyMap<Ip4, Mac | undefined>

export function openWhoAnswers(places: readonly Place[], log: (line: string) => void): WhoAnswers {
  const wires = places.map((place) => ({ place, ask: gathered((all) => byArp(place, all, log)) }))
  const pings = { running: 0 }
  return async (addresses) => {
    const rounds: Promise<Answers>[] = []
    const far = new Set(addresses)
    for (const { place, ask } of wires) {
      const near = addresses.filter((one) => place.subnets.some((net) => contains(net, one)))
      for (const address of near) far.delete(address)
      if (near.length > 0) rounds.push(ask(near))
    }
    rounds.push(byPing(far, pings))
    const answers = await Promise.all(rounds)
    return new Map(answers.flatMap((one) => [...one]))
  }
}

type Round = (addresses: readonly Ip4[]) => Promise<Answers>

/** One round for all that ask within a moment. */
function gathered(round: Round): Round {
  let gathering: { readonly addresses: Set<Ip4>; readonly answers: Promise<Answers> } | undefined
  return (addresses) => {
    if (gathering === undefined || gathering.addresses.size + addresses.length > arpProbesMax) {
      const all = new Set<Ip4>()
      const answers = new Promise((resolve) => setTimeout(resolve, gatherMs)).then(() => {
        if (gathering?.addresses === all) gathering = undefined
        return round([...all])
      })
      gathering = { addresses: all, answers }
    }
    for (const address of addresses) gathering.addresses.add(address)
    return gathering.answers
  }
}

async function byArp(
  { interfaceName }: Place,
  addresses: readonly Ip4[],
  log: (line: string) => void,
): Promise<Answers> {
  try {
    const claims = await probeByArp(interfaceName, addresses.map(formatIp4))
    return new Map([...claims].flatMap(([address, mac]) => answerOf(address, mac)))
  } catch (error) {
    // The interface has gone: then nobody is on it either.
    log(`nobody can be asked on ${interfaceName}: ${String(error)}`)
    return new Map()
  }
}

function answerOf(address: string, mac: string): [Ip4, Mac | undefined][] {
  const known = parseIp4(address)
  return known === undefined ? [] : [[known, parseMac(mac)]]
}

async function byPing(addresses: Iterable<Ip4>, pings: { running: number }): Promise<Answers> {
  const asked = [...addresses].slice(0, Math.max(0, pingsMax - pings.running))
  pings.running += asked.length
  try {
    const answered = await Promise.all(asked.map(ping))
    return new Map(asked.filter((_, at) => answered[at]).map((address) => [address, undefined]))
  } finally {
    pings.running -= asked.length
  }
}

function ping(address: Ip4): Promise<boolean> {
  const argv = ['-c', '1', '-W', '0.5', '-n', '-q', formatIp4(address)]
  return new Promise((resolve) => {
    execFile('ping', argv, { timeout: pingDeadlineMs }, (error) => resolve(error === null))
  })
}
