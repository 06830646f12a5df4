// Why this file exists: orders and entries in the text that every LDAP tool reads (RFC 2849).
import type { DirectoryOrder, OrderAttribute, OrderChange } from './order.ts'

const lineCharactersMax = 76

/** One LDIF file of change records: `ldapadd` and `ldapmodify` take it as it is. */
export function ldifOf(orders: readonly DirectoryOrder[]): string {
  return ['version: 1\n', ...orders.map((order) => `\n${recordOf(order)}`)].join('')
}

/** One content record, with its empty line after it; a file of them begins with `version: 1`. */
export function entryLdif(dn: string, attributes: readonly OrderAttribute[]): string {
  return `${line('dn', dn)}${attributes.map(lines).join('')}\n`
}

function recordOf(order: DirectoryOrder): string {
  const head = `${line('dn', order.dn)}changetype: ${order.kind}\n`
  switch (order.kind) {
    case 'add':
      return `${head}${order.attributes.map(lines).join('')}`
    case 'modify':
      return `${head}${order.changes.map(changeOf).join('')}`
    case 'delete':
      return head
  }
}

function changeOf(change: OrderChange): string {
  return `${line(change.kind, change.name)}${lines(change)}-\n`
}

function lines({ name, values }: OrderAttribute): string {
  return values.map((value) => line(name, value)).join('')
}

/** RFC 2849 SAFE-STRING, without what a terminal would obey. */
const safeText = /^(?![ :<])[\x20-\x7e]*$(?<! )/

function line(name: string, value: string): string {
  if (value === '') return `${name}:\n`
  const safe = safeText.test(value)
  return folded(safe ? `${name}: ${value}` : `${name}:: ${Buffer.from(value).toString('base64')}`)
}

/** A line that begins with a blank goes on from the one before. */
function folded(text: string): string {
  if (text.length <= lineCharactersMax) return `${text}\n`
  const rest = text.slice(lineCharactersMax)
  const pieces = rest.match(continuation) ?? []
  return `${text.slice(0, lineCharactersMax)}\n${pieces.map((piece) => ` ${piece}\n`).join('')}`
}

const continuation = new RegExp(`.{1,${lineCharactersMax - 1}}`, 'g')
