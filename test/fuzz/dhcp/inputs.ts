// Why this file exists: DHCP as nobody would send it: messages of every shape, with sense in each part and none in the
// whole, and real ones that are bent.
import {
  bytesOf,
  type Option,
  option,
  optionsField,
} from '../../conformance/harness/dhcp-packet.ts'
import { diskMac, knownMac, otherMac, strangeMac, vcnMac } from '../../pxe/dhcp-lab.ts'
import { captured, isOfPort } from '../captured.ts'
import { bent, datagramBends } from '../mutate.ts'
import { below, pick } from '../random.ts'

const corpus = captured(['dhcp', 'boot', 'tftp'], isOfPort(67, 68))
const bending = { corpus, bends: datagramBends }

const cards = [knownMac, otherMac, diskMac, strangeMac, vcnMac, '52:54:00:78:00:11'] as const
const strangersMax = 40
const addresses = [
  '0.0.0.0',
  '10.77.0.1',
  '10.77.0.11',
  '10.77.0.12',
  '10.77.0.200',
  '10.77.0.205',
  '10.77.0.209',
  '10.77.0.255',
  '10.77.0.254',
  '10.78.0.100',
  '10.128.0.5',
  '192.0.2.1',
  '255.255.255.255',
] as const
const relays = ['0.0.0.0', '0.0.0.0', '0.0.0.0', '10.78.0.1', '10.77.0.254', '192.0.2.9'] as const
const texts = [
  'n001',
  'PXEClient:Arch:00007:UNDI:003016',
  'HTTPClient:Arch:00016:UNDI:003001',
  'iPXE',
  'U-Boot.armv8',
  'a*)(cn=*',
  'x;rm -rf /',
  'line\nline',
  '\0',
  'ü',
  'a'.repeat(64),
] as const
const optionPlacesMax = 10
/** Those that are answered most often. */
const types = [1, 1, 1, 1, 3, 3, 3, 3, 8, 8, 4, 7, 0, 2, 5, 9, 13]

/** One option, or something that looks like it. */
type MakeOption = (random: () => number) => Option

const makers: readonly MakeOption[] = [
  (random) => option.wanted(pick(random, addresses)),
  (random) => option.server(pick(random, ['10.77.0.1', '10.77.0.1', '10.77.0.66'])),
  (random) => option.bytesMax(pick(random, [0, 300, 548, 576, 577, 1_000, 1_500, 65_535])),
  (random) => [55, someBytes(random, 60)],
  () => option.ask(1, 3, 6, 12, 15, 42, 51, 54, 66, 67, 119, 121, 175),
  (random) => option.seconds(pick(random, [0, 1, 60, 600, 2 ** 31, 2 ** 32 - 1])),
  (random) => option.vendorClass(pick(random, texts)),
  (random) => [61, someBytes(random, 20)],
  (random) => [77, textBytes(pick(random, texts))],
  (random) => [77, Uint8Array.of(4, ...textBytes('iPXE'), ...someBytes(random, 5))],
  (random) => [81, Uint8Array.of(pick(random, [0, 1, 4, 5]), 0, 0, ...someBytes(random, 70))],
  (random) => [12, textBytes(pick(random, texts))],
  (random) => option.relay(...someParts(random)),
  (random) => [82, someBytes(random, 60)],
  (random) => option.architecture(pick(random, [0, 6, 7, 9, 11, 16, 19, 65_535])),
  (random) => [97, someBytes(random, 20)],
  () => [97, new Uint8Array(17)],
  (random) => [118, random() < 0.5 ? Uint8Array.of(10, 77, 0, 0) : someBytes(random, 6)],
  (random) => [52, Uint8Array.of(below(random, 5))],
  (random) => [below(random, 256), someBytes(random, 255)],
  () => [0, new Uint8Array(0)],
]

function someParts(random: () => number): Option[] {
  const parts: readonly MakeOption[] = [
    () => [1, textBytes('Gi1/10')],
    (inner) => [1, someBytes(inner, 30)],
    (inner) => [2, someBytes(inner, 8)],
    () => [5, Uint8Array.of(10, 78, 0, 0)],
    (inner) => [5, someBytes(inner, 6)],
    () => [11, Uint8Array.of(10, 77, 0, 1)],
  ]
  return Array.from({ length: below(random, 4) }, () => pick(random, parts)(random))
}

export function someBytes(random: () => number, lengthMax: number): Uint8Array {
  return Uint8Array.from({ length: below(random, lengthMax + 1) }, () => below(random, 256))
}

function textBytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}

function card(random: () => number): string {
  const number = below(random, strangersMax)
  const stranger = `52:54:00:dd:00:${number.toString(16).padStart(2, '0')}`
  return random() < 0.6 ? pick(random, cards) : stranger
}

/** Every field has a sense; together they may have none. */
function structured(random: () => number): Uint8Array {
  const said = Array.from({ length: below(random, optionPlacesMax) }, () =>
    pick(random, makers)(random),
  )
  const type = random() < 0.95 ? [option.type(pick(random, types))] : []
  const overload = random() < 0.1
  return bytesOf({
    op: random() < 0.97 ? 1 : below(random, 4),
    htype: random() < 0.97 ? 1 : below(random, 256),
    hlen: random() < 0.97 ? 6 : below(random, 256),
    hops: below(random, 3),
    xid: below(random, 2 ** 32),
    flags: pick(random, [0, 0x8000, 0xffff]),
    ciaddr: random() < 0.7 ? '0.0.0.0' : pick(random, addresses),
    giaddr: pick(random, relays),
    chaddr: card(random),
    ...(overload && {
      file: optionsField(said.slice(0, 2)).slice(0, 128),
      sname: optionsField(said.slice(2, 3)).slice(0, 64),
    }),
    options: [...type, ...(overload ? [[52, Uint8Array.of(3)] as const] : []), ...said],
  })
}

export function makeDhcp(random: () => number): Uint8Array {
  const kind = random()
  if (kind < 0.45) return structured(random)
  return bent(kind < 0.7 ? structured(random) : pick(random, corpus), random, bending)
}
