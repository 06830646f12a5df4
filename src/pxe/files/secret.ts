// Why this file exists: HOSTILE 68: a key that lies among the boot files would be given to anyone who asks. Pure but
// for the key reader of node:crypto.
import { createPrivateKey } from 'node:crypto'

/** No key file is larger; kernels and loaders, which hold such words in their programs, are. */
const keyBytesMax = 65_536
const marks = ['PRIVATE KEY-----', 'PuTTY-User-Key-File', 'ansible-vault', '"private_key"']

/** Why these bytes must not be served; `undefined` when they look like no secret. */
export function looksSecret(name: string, bytes: Uint8Array): string | undefined {
  if (/\.(key|p12|pfx|jks|kdbx|secret)$/i.test(name)) return `its name ends like a key's`
  if (bytes.length > keyBytesMax) return undefined
  const text = Buffer.from(bytes).toString('latin1')
  const mark = marks.find((one) => text.includes(one))
  if (mark !== undefined) return `it contains "${mark}"`
  return isKeyInDer(bytes) ? 'it is a private key in DER' : undefined
}

function isKeyInDer(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30) return false
  const key = Buffer.from(bytes)
  return (['pkcs8', 'pkcs1', 'sec1'] as const).some((type) => {
    try {
      createPrivateKey({ key, format: 'der', type })
      return true
    } catch {
      return false // the usual case: it is no key of this type
    }
  })
}
