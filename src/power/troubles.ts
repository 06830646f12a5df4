// Why this file exists: a person who reads that a machine was not switched needs the BMC's address and its own words,
// the same way for each kind of BMC.
import { Fault, type FaultCode } from '#fault'

const remedies = {
  'CPC-POW-001': 'check that the BMC is reachable from the appliance and that its address is right',
  'CPC-POW-002': 'read the words of the BMC above; check the rights of its account',
  'CPC-POW-003': 'look at the machine and at the log of its BMC',
  'CPC-POW-005': 'use another kind of power address, or do it by hand',
  'CPC-POW-006':
    'store the right user and password: coppice machine set NAME --power-secret-file F',
  'CPC-POW-007': 'update the firmware of the BMC, or use IPMI',
  'CPC-POW-008': 'run: apt-get install ipmitool',
} as const satisfies Partial<Record<FaultCode, string>>

/** What stands in a fault beside its code. `where` is the BMC's address, which never holds a secret. */
export function trouble(
  code: keyof typeof remedies,
  where: string,
  why: string,
  cause?: unknown,
): Fault {
  const what = code === 'CPC-POW-001' ? 'the BMC does not answer' : 'the power was not switched'
  return new Fault(code, { what, where, why, todo: remedies[code] }, { cause })
}

/** Text from a BMC goes to terminals and logs: one line, no control characters, not a page of it. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return line.length > shownCharactersMax ? `${line.slice(0, shownCharactersMax)}…` : line
}

const shownCharactersMax = 500
