// Why this file exists: the keeper of the directory as tests use it: over a store, with nobody who listens but those that are
// named.
import assert from 'node:assert/strict'
import { emptySnapshot } from '#directory'
import type { CoreStore } from '#store'
import { DirectoryKeeper, type DirectoryKeeperParts } from '../../src/core/directory-keeper.ts'
import { domain } from '../directory/samples.ts'
import { now } from '../store/scratch.ts'

export function keeperOver(
  store: CoreStore,
  others: Partial<DirectoryKeeperParts> = {},
): DirectoryKeeper {
  return new DirectoryKeeper({
    empty: emptySnapshot(domain),
    store,
    boot: { caFingerprint: '', caPem: '', enrolPort: 1 },
    now,
    send: () => undefined,
    onChange: () => undefined,
    onTrouble: assert.fail,
    ...others,
  })
}
