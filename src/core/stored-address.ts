// Why this file exists: where the directory may not be written, an address that we chose lives in our store, and the
// entry is served as if the directory had said it.
import type { Entry, EntryId, Ip4 } from '#directory'

export function withStoredAddress(entry: Entry, stored: ReadonlyMap<EntryId, Ip4>): Entry {
  if (stored.size === 0 || (entry.kind !== 'machine' && entry.kind !== 'vcn')) return entry
  const nics = entry.nics.map((nic) => {
    const address = nic.address ?? stored.get(nic.id)
    return address === undefined ? nic : { ...nic, address }
  })
  return { ...entry, nics }
}
