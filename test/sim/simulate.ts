// Why this file exists: one life of the appliance, from one seed. It ends well, or with the invariant that was broken and the
// last of what happened before.
import { below, randomOf } from '../fuzz/random.ts'
import { characters } from './actors/character.table.ts'
import { type WorldEvent, worldEvents } from './world/events.table.ts'
import type { Variant } from './world/variant.ts'
import { World } from './world/world.ts'

export interface Life {
  readonly seed: number
  /** Which invariant was broken, and how. */
  readonly failure: string | undefined
  readonly trace: readonly string[]
  /** Of everything that happened: the same for the same seed. */
  readonly digest: number
  readonly happened: number
}

const lifeMillis = 240_000
/** At its end nothing goes wrong any more, so that all must come to rest. */
const peaceMillis = 30_000
const clientsMin = 4
const clientsSpread = 7
const eventEveryMillis = 12_000
const linesTold = 40

export async function simulate(seed: number, variant: Variant = {}): Promise<Life> {
  const world = new World(seed, variant)
  const { loop, judge, trace } = world
  const random = randomOf(seed ^ 0x5eed)
  world.startWire()
  world.startCore()
  const clients = clientsMin + below(random, clientsSpread)
  for (let number = 0; number < clients; number += 1) {
    const character = characters[below(random, characters.length)]
    if (character) world.admit(character)
  }
  const nextEvent = (): void => {
    if (loop.now > lifeMillis) return
    const event = someEvent(random)
    trace.note(`world: ${event.name}`)
    event.act(world)
    loop.after(random() * 2 * eventEveryMillis, nextEvent)
  }
  loop.after(eventEveryMillis, nextEvent)
  loop.after(lifeMillis, () => world.heal())
  await loop.run(lifeMillis + peaceMillis)
  if (judge.failure === undefined && !world.isInStep())
    judge.fail('after a while of peace, wire does not serve what core told last')
  const { failure } = judge
  return {
    seed,
    failure,
    trace: trace.last(linesTold),
    digest: trace.digest,
    happened: trace.count,
  }
}

const weights = worldEvents.reduce((sum, { weight }) => sum + weight, 0)

function someEvent(random: () => number): WorldEvent {
  let left = random() * weights
  for (const event of worldEvents) {
    left -= event.weight
    if (left < 0) return event
  }
  throw new Error('no event')
}

/** What a person needs to see it again. */
export function explainLife({ seed, failure, trace }: Life): string {
  return [
    failure ?? 'nothing was broken',
    `again: SIM_SEED=${seed} bin/node-26 test/run.ts test/sim/sim.test.ts`,
    ...trace.map((line) => `  ${line}`),
  ].join('\n')
}
