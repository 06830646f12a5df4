// Why this file exists: one spelling of a MAC address, so that no comparison ever depends on dashes or case.
declare const macBrand: unique symbol

/** An Ethernet address as `52:54:00:77:00:11`: lower case, colons. */
export type Mac = string & { readonly [macBrand]: true }

const canonical = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/

function isMac(text: string): text is Mac {
  return canonical.test(text)
}

/** Accepts colons, dashes, Cisco's dotted triples, or twelve bare digits. */
export function parseMac(text: string): Mac | undefined {
  const digits = text.trim().toLowerCase().replaceAll(/[-:.]/g, '')
  if (!/^[0-9a-f]{12}$/.test(digits)) return undefined
  const spelt = digits.replaceAll(/(..)(?=.)/g, '$1:')
  return isMac(spelt) ? spelt : undefined
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

/** Group addresses and the zero address name no NIC. */
export function isUnicastMac(mac: Mac): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0 && mac !== '00:00:00:00:00:00'
}
