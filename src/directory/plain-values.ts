// Why this file exists: entries that travel and entries that rest hold the same values; each is looked at in one way.
import type { EntryId, Role } from './entry.ts'
import { type Ip4, ip4 } from './ip4.ts'
import { count, parsed, type Plain, refuse, text } from './plain-reader.ts'
import { parseUuid } from './uuid.ts'

export function entryId(plain: Plain): EntryId {
  return parsed(plain, parseUuid)
}

export function address(plain: Plain): Ip4 {
  const value = count(plain)
  return value <= 0xffff_ffff ? ip4(value) : refuse(plain, 'no IPv4 address')
}

export function role(plain: Plain): Role {
  const value = text(plain)
  return isRole(value) ? value : refuse(plain, 'neither host nor other')
}

export function isRole(value: string): value is Role {
  return value === 'host' || value === 'other'
}
