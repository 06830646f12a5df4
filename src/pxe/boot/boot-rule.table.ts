// Why this table exists: every boot decision was one of these rules; the decision notes the rule and its operands, and the
// sentence is made when somebody asks. {n} is an operand.
export const bootRuleTexts = {
  unknown: 'the directory does not describe it',
  replacement: 'it is where {0} is described, with another card',
  vcn: '{0} is a VCN',
  role: '{0} has the role {1}',
  chosen: 'somebody chose {1} for {0}',
  withheld: 'somebody withheld the boot of {0}',
  doubt: '{0}',
} as const

export type BootRule = keyof typeof bootRuleTexts

export interface BootWhy {
  readonly rule: BootRule
  readonly operands: readonly string[]
}

export function bootBecause(rule: BootRule, ...operands: readonly string[]): BootWhy {
  return { rule, operands }
}

export function explainBootRule({ rule, operands }: BootWhy): string {
  return bootRuleTexts[rule].replaceAll(/\{(\d)\}/g, (_, at: string) => operands[Number(at)] ?? '?')
}
