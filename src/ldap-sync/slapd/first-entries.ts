// Why this file exists: a directory that is new holds its base and the four containers, so that the first machine can
// be added with any tool.
import { type Dn, textOf } from '../dn.ts'

/** As LDIF; `undefined` for a base that we cannot make. */
export function firstEntries(base: Dn): string | undefined {
  const [rdn] = base
  const pair = rdn?.pairs[0]
  const classes = pair && rdn.pairs.length === 1 ? baseClasses.get(pair.type) : undefined
  if (!pair || !classes) return undefined
  const head = [`dn:: ${base64(textOf(base))}`, 'objectClass: top', ...classes]
  head.push(`${pair.type}:: ${base64(pair.value)}`)
  if (pair.type === 'dc') head.push(`o:: ${base64(dottedName(base))}`)
  const containers = ['networks', 'machines', 'people', 'vos'].map((name) =>
    [
      `dn:: ${base64(`ou=${name},${textOf(base)}`)}`,
      'objectClass: organizationalUnit',
      `ou: ${name}`,
    ].join('\n'),
  )
  return `${[head.join('\n'), ...containers].join('\n\n')}\n`
}

const baseClasses: ReadonlyMap<string, readonly string[]> = new Map([
  ['dc', ['objectClass: dcObject', 'objectClass: organization']],
  ['o', ['objectClass: organization']],
  ['ou', ['objectClass: organizationalUnit']],
])

function dottedName(base: Dn): string {
  return base.flatMap((rdn) => rdn.pairs.map((pair) => pair.value)).join('.')
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
