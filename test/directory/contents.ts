// Why this file exists: two snapshots are the same when all that can be asked of them is answered alike.
import type { Snapshot } from '#directory'

/** Every index as sorted text, without the order of arrival. */
export function contents(snapshot: Snapshot): unknown {
  const rows = (index: { entries(): Iterable<[unknown, unknown]> }): readonly string[] =>
    [...index.entries()].map((row) => JSON.stringify(row)).toSorted()
  const lists = [...snapshot.byTag.entries()].map(([tag, machines]) =>
    [tag, ...[...machines.values()].map((one) => one.id).toSorted()].join(' '),
  )
  const { entries, byMac, byIp, byName, byUuid, byPort, nonTerminals, networkByName } = snapshot
  return {
    networks: snapshot.networks,
    direct: [entries, byMac, byIp, byName, byUuid, byPort, nonTerminals, networkByName].map(rows),
    lists: [lists.toSorted(), [...snapshot.portClaims.entries()].length],
  }
}
