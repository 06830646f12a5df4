// Why this file exists: the reason of an answer is data until somebody reads it.
import { formatIp4, ip4 } from '#directory'
import { type Rule, ruleTexts } from './rule.table.ts'

export interface Why {
  readonly rule: Rule
  readonly operands: readonly (string | number)[]
}

export function because(rule: Rule, ...operands: readonly (string | number)[]): Why {
  return { rule, operands }
}

/** The sentence. Operands are escaped: a name from the wire cannot start a line of its own. */
export function explainRule(why: Why): string {
  return ruleTexts[why.rule].replaceAll(/\{(\d)(:ip)?\}/g, (_, at: string, address?: string) => {
    const operand = why.operands[Number(at)] ?? '?'
    const text = address && typeof operand === 'number' ? formatIp4(ip4(operand)) : String(operand)
    return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, operandCharsMax)
  })
}

const operandCharsMax = 100
