// Why this file exists: one spelling of a MAC address, so that no comparison ever depends on dashes or case.
import { isLowerHexDigit } from './hex-digit.ts'

declare const macBrand: unique symbol

/** An Ethernet address as `52:54:00:77:00:11`: lower case, colons. */
export type Mac = string & { readonly [macBrand]: true }

const canonicalLength = '52:54:00:77:00:11'.length
const spellingLengthMin = '0:0:0:0:0:0'.length
const colon = 58
const lastDigit = 57

function isMac(text: string): text is Mac {
  if (text.length !== canonicalLength) return false
  for (let at = 0; at < canonicalLength; at += 1) {
    const code = text.charCodeAt(at)
    if (at % 3 === 2 ? code !== colon : !isLowerHexDigit(code)) return false
  }
  return true
}

/** Six octets as in ethers(5), which leaves leading zeros out; the separator is always the same one. */
const octets = /^[0-9a-f]{1,2}([:\- ])[0-9a-f]{1,2}(?:\1[0-9a-f]{1,2}){4}$/
/** Cisco's three groups, two halves, or nothing between the digits. */
const groups =
  /^(?:[0-9a-f]{4}([.:-])[0-9a-f]{4}\1[0-9a-f]{4}|[0-9a-f]{6}[.:-][0-9a-f]{6}|[0-9a-f]{12})$/

/** Accepts every spelling that people, switches and vendors write. */
export function parseMac(text: string): Mac | undefined {
  if (isMac(text)) return text
  // Every host name comes by here.
  if (text.length < spellingLengthMin) return undefined
  const spelt = text.trim().toLowerCase()
  if (spelt.length > canonicalLength) return undefined
  if (!isLowerHexDigit(spelt.charCodeAt(0))) return undefined
  const mac = octets.test(spelt)
    ? spelt
        .split(/[:\- ]/)
        .map((octet) => octet.padStart(2, '0'))
        .join(':')
    : groups.test(spelt)
      ? spelt.replaceAll(/[.:-]/g, '').replaceAll(/(..)(?=.)/g, '$1:')
      : spelt
  return isMac(mac) ? mac : undefined
}

/** The six octets at `offset`; the caller has checked that they are there. */
export function macFromBytes(bytes: Uint8Array, offset: number): Mac {
  let text = ''
  for (let at = offset; at < offset + 6; at += 1) {
    text += (at === offset ? '' : ':') + (bytes[at] ?? 0).toString(16).padStart(2, '0')
  }
  if (!isMac(text)) throw new Error(`no MAC comes out of six octets: ${text}`)
  return text
}

export function macToBytes(mac: Mac): Uint8Array {
  return Uint8Array.from(mac.split(':'), (pair) => Number.parseInt(pair, 16))
}

/** Group addresses, whose first octet is odd, and the zero address name no NIC. */
export function isUnicastMac(mac: Mac): boolean {
  const second = mac.charCodeAt(1)
  // Even are the digits 0 to 8 by code, and a, c and e by their odd codes.
  const isEven = (second & 1) === (second > lastDigit ? 1 : 0)
  return isEven && mac !== '00:00:00:00:00:00'
}
