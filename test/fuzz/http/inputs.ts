// Why this file exists: HTTP as nobody would ask: requests with each part right or wrong, several on a connection, and real
// ones that are bent.
import { readFileSync } from 'node:fs'
import { readFrames, tcpStreams } from '../../pcap.ts'
import { captureNames } from '../captured.ts'
import { type Bend, bent, datagramBends, joined } from '../mutate.ts'
import { below, pick } from '../random.ts'
import { askedNames } from '../served-files.ts'

const captured = captureNames('http')
  .flatMap((path) => tcpStreams(readFrames(readFileSync(path))))
  .filter(({ sourcePort, targetPort, payload }) => sourcePort > targetPort && payload.length > 0)
  .map(({ payload }) => new Uint8Array(payload.slice(0, 4_096)))

const line = '\r\n'
const methods = ['HEAD', 'HEAD', 'POST', 'CONNECT', 'get', 'PUT', '']
const versions = ['HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', '']
/** Of a hundred, parts of a request that are as they should be. */
const rightPercent = 80
const queries = [
  '',
  '?',
  '?mac=52:54:00:77:00:11&platform=efi&round=3',
  '?mac=52:54:00:77:00:11&serial=a%0ab%0d%0aecho&uuid=x',
  '?mac=52:54:00:77:00:12&serial=${netX/mac}&round=99999',
  '?mac=x&mac=52:54:00:77:00:13',
]
const harmless = [
  'Connection: keep-alive',
  'Range: bytes=0-99',
  'Range: bytes=-1',
  'If-Range: "x"',
  'Accept: */*',
]
const headers = [
  'Host: y',
  'Connection: close',
  'Connection: Upgrade',
  'Upgrade: h2c',
  'Expect: 100-continue',
  'Range: bytes=5-2',
  'Range: bytes=99999999999999999999-',
  'Range: bytes=0-1,3-4',
  'If-None-Match: *',
  'Content-Length: 0',
  'Content-Length: 3',
  'Content-Length: 18446744073709551615',
  'Content-Length: -1',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: chunked, identity',
  ' folded',
  'A : b',
  'A: \0',
  `A: ${'a'.repeat(300)}`,
]
const bodies = ['abc', `3${line}abc${line}0${line}${line}`, 'zz']
const headersMax = 4
const requestsMax = 4

function request(random: () => number): string {
  const usually = <T>(right: T, others: readonly T[]): T =>
    below(random, 100) < rightPercent ? right : pick(random, others)
  const path = random() < 0.2 ? 'boot.ipxe' : pick(random, askedNames)
  const slash = random() < 0.9 ? '/' : pick(random, ['', 'http://x/', '//', '/files/'])
  const target = `${slash}${path}${random() < 0.4 ? pick(random, queries) : ''}`
  const said = Array.from({ length: below(random, headersMax) }, () =>
    usually(pick(random, harmless), headers),
  )
  const first = [usually('GET', methods), target, usually('HTTP/1.1', versions)].join(' ')
  const all = [first, ...(random() < 0.9 ? ['Host: x'] : []), ...said]
  return `${all.join(line)}${line}${line}${usually('', bodies)}`
}

function structured(random: () => number): Uint8Array {
  const requests = Array.from({ length: 1 + below(random, requestsMax) }, () => request(random))
  return new Uint8Array(Buffer.from(requests.join(''), 'latin1'))
}

/** What only text has: ends of lines of other sorts. */
const bends: readonly Bend[] = [
  ...datagramBends,
  (bytes, random) => {
    const at = below(random, bytes.length)
    const said = pick(random, [line, '\n', '\r', ':', ' ', '%00', '\r\n\r\n'])
    return joined(bytes.slice(0, at), Buffer.from(said), bytes.slice(at))
  },
]
const bending = { corpus: captured, bends }

export function makeHttp(random: () => number): Uint8Array {
  const kind = random()
  if (kind < 0.5) return structured(random)
  return bent(kind < 0.8 ? structured(random) : pick(random, captured), random, bending)
}
