// Why this file exists: what the parts of the engine share, made in one place.
import { Chronicle } from './chronicle.ts'
import { engineLimits, type EngineLimits, stretched } from './limits.ts'
import { Ledger } from './ledger.ts'
import type { EngineParts } from './parts.ts'
import { Planning } from './planning.ts'

export interface Workshop {
  readonly parts: EngineParts
  readonly limits: EngineLimits
  readonly ledger: Ledger
  readonly chronicle: Chronicle
  readonly planning: Planning
}

export function openWorkshop(parts: EngineParts): Workshop {
  const limits = stretched({ ...engineLimits, ...parts.limits })
  const ledger = new Ledger(parts.store, limits.jobsKeptMax)
  const chronicle = new Chronicle(parts)
  const planning = new Planning(parts, { ledger, chronicle })
  return { parts, limits, ledger, chronicle, planning }
}
