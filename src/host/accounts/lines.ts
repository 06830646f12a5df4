// Why this file exists: account files are lines of fields. What a value holds, a full name above all, must make neither
// a field nor a line, so lines are only written by these tags.

type Value = string | number

/** A line of passwd, group or shadow. */
export function accountLine(texts: TemplateStringsArray, ...values: readonly Value[]): string {
  return line(texts, values, (value) => value.replaceAll(/[:\p{C}\p{Z}]+/gu, ' ').trim())
}

/** A line of sudoers, whose grammar knows many signs. */
export function sudoersLine(texts: TemplateStringsArray, ...values: readonly Value[]): string {
  return line(texts, values, (value) => value.replaceAll(/[^a-z0-9_.-]+/g, ''))
}

function line(
  texts: TemplateStringsArray,
  values: readonly Value[],
  clean: (value: string) => string,
): string {
  const parts = texts.map((text, index) => text + clean(String(values[index] ?? '')))
  return `${parts.join('')}\n`
}
