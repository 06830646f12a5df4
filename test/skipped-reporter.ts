// Why this file exists: a test that is skipped because a package is missing must be loud, or nobody misses it.
import type { TestEvent } from 'node:test/reporters'

export default async function* skippedReporter(
  source: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  const countByReason = new Map<string, number>()
  for await (const event of source) {
    if (event.type !== 'test:pass' || typeof event.data.skip !== 'string') continue
    countByReason.set(event.data.skip, (countByReason.get(event.data.skip) ?? 0) + 1)
  }
  for (const [reason, count] of countByReason) yield `skipped ${count}: ${reason}\n`
}
