// Why this file exists: dhcpd knows no option for routes by itself; a file names it, and says of what it is made.
import { type RouteCode, routeCode } from '../routes.ts'
import type { Statement } from './statements.ts'

/** What people call it, also where the definition stands in a file that is not given along. */
const usual: readonly (readonly [string, RouteCode])[] = [
  ['rfc3442-classless-static-routes', 121],
  ['classless-static-routes', 121],
  ['classless-routes', 121],
  ['ms-classless-static-routes', 249],
]

/** What is written as octets or addresses, and is sent as it is written. */
const octetType = /^(?:(?:array|of|unsigned|signed|integer 8|ip-address|string|[{},]) )+$/

export class RouteOptions {
  readonly #codes = new Map<string, RouteCode>(usual)

  /** `option NAME code 121 = array of integer 8`: remembered. */
  isDefinition({ words }: Statement): boolean {
    const [, name = '', word, number, , ...type] = words.map(({ text }) => text.toLowerCase())
    const code = word === 'code' ? routeCode(Number(number)) : undefined
    if (code === undefined) return false
    const isReadable = octetType.test(`${type.join(' ')} `)
    if (isReadable) this.#codes.set(name, code)
    else this.#codes.delete(name)
    return isReadable
  }

  codeOf({ words }: Statement): RouteCode | undefined {
    const [first, second, third] = words
    const isUse = first?.text.toLowerCase() === 'option' && third?.text.toLowerCase() !== 'code'
    return isUse ? this.#codes.get(second?.text.toLowerCase() ?? '') : undefined
  }
}
