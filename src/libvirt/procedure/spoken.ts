// Why this file exists: one list of what this client speaks. Whatever is not in it is refused by its name, so that
// nobody takes silence for support.
import { notSpoken } from '../faults.ts'
import { connectProcedures } from './connect.table.ts'
import { domainProcedures } from './domain.table.ts'
import { filterProcedures } from './filter.table.ts'
import { storageProcedures } from './storage.table.ts'

export const procedures = {
  ...connectProcedures,
  ...domainProcedures,
  ...storageProcedures,
  ...filterProcedures,
} as const

export type ProcedureName = keyof typeof procedures

function isSpoken(name: string): name is ProcedureName {
  return Object.hasOwn(procedures, name)
}

/** For names that come from outside the program; throws CPC-LV-009 for what is not spoken. */
export function procedureNamed(name: string): (typeof procedures)[ProcedureName] {
  if (!isSpoken(name)) throw notSpoken(name)
  return procedures[name]
}
