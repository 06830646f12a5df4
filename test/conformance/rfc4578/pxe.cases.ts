// Why this file exists: RFC 4578 and UEFI's HTTP boot: firmware says what it is, and gets the loader that it can run.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import type { DhcpClient, Heard } from '../harness/dhcp-client.ts'
import { latin1, option, type Option, type } from '../harness/dhcp-packet.ts'
import { hosts, loaders, server } from '../harness/world.ts'

const uuid: Option = [97, Uint8Array.from([0, ...Array.from({ length: 16 }, (_, at) => at + 1)])]
const undi: Option = [94, Uint8Array.of(1, 3, 0)]
const pxe = (...architectures: readonly number[]): readonly Option[] => [
  option.vendorClass(`PXEClient:Arch:${String(architectures[0]).padStart(5, '0')}:UNDI:003000`),
  option.architecture(...architectures),
  undi,
  uuid,
  option.ask(1, 3, 43, 60, 66, 67, 97),
]

function boot(
  dhcp: DhcpClient,
  options: readonly Option[],
  chaddr: string = hosts.n001.mac,
): Promise<Heard> {
  return dhcp.askFor(type.offer, { type: type.discover, chaddr, options })
}

/** The field, or option 67 in its place (RFC 2132 §9.5). */
function fileOf({ reply }: Heard): string {
  const long = reply.options.get(67)
  return long ? latin1(long).replace(/\0+$/, '') : reply.file
}

const gets = (architecture: number, name: string) => async (dhcp: DhcpClient) =>
  assert.equal(fileOf(await boot(dhcp, pxe(architecture))), name)

export const architectures = section('dhcp', 'RFC 4578 §2.1', [
  ['x86 BIOS gets its loader', gets(0, loaders.bios)],
  ['x64 UEFI (7) gets its loader', gets(7, loaders.efi)],
  ['x64 UEFI that says EBC (9) gets the same', gets(9, loaders.efi)],
  [
    'of several architectures the first counts',
    async (dhcp) => assert.equal(fileOf(await boot(dhcp, pxe(7, 0))), loaders.efi),
  ],
  [
    'firmware of an architecture that nobody has a loader for gets an address, and no file',
    async (dhcp) => assert.equal(fileOf(await boot(dhcp, pxe(0x7fff))), ''),
  ],
  [
    'a machine that is no boot client gets no file',
    async (dhcp) => assert.equal(fileOf(await boot(dhcp, [option.ask(1, 3)])), ''),
  ],
])

export const bootServer = section(
  'dhcp',
  'RFC 2131 §2',
  [
    [
      'siaddr is the server of the next step of a boot',
      async (dhcp) => assert.equal((await boot(dhcp, pxe(7))).reply.siaddr, server),
    ],
    [
      'a machine’s own boot file is the one of its description',
      async (dhcp) => {
        const heard = await boot(dhcp, pxe(7), hosts.desk.mac)
        assert.equal(fileOf(heard), hosts.desk.bootFile)
        assert.equal(heard.reply.siaddr, server)
      },
    ],
    [
      'the name of the file ends with a NUL in its field',
      async (dhcp) => {
        const { frame } = await boot(dhcp, pxe(7))
        const field = frame.payload.subarray(108, 236)
        assert.ok(field.includes(0))
      },
    ],
    [
      'the ACK names the file that the OFFER named',
      async (dhcp) => {
        const { address, mac } = hosts.n001
        const options = [option.wanted(address), option.server(server), ...pxe(7)]
        const ack = await dhcp.askFor(type.ack, { type: type.request, chaddr: mac, options })
        assert.equal(fileOf(ack), loaders.efi)
      },
    ],
  ],
  [4578],
)

export const machineId = section('dhcp', 'RFC 4578 §2.3', [
  [
    'the machine’s UUID comes back, as PXE clients check',
    async (dhcp) => {
      const { options } = (await boot(dhcp, pxe(7))).reply
      assert.deepEqual(options.get(97), uuid[1])
    },
  ],
  [
    'no UUID is told to whoever sent none',
    async (dhcp) => {
      const [vendor, architecture] = pxe(7)
      assert.ok(vendor && architecture)
      assert.ok(!(await boot(dhcp, [vendor, architecture])).reply.options.has(97))
    },
  ],
])

const http: readonly Option[] = [
  option.vendorClass('HTTPClient:Arch:00016:UNDI:003001'),
  option.architecture(16),
  undi,
  uuid,
  option.ask(1, 3, 6, 60, 67),
]

export const httpBoot = section('dhcp', 'RFC 4578 §2.1, UEFI 2.10 §24.7.3', [
  [
    'HTTP boot gets a URL',
    async (dhcp) => assert.equal(fileOf(await boot(dhcp, http)), `http://${server}/${loaders.efi}`),
  ],
  [
    'HTTP boot is told that the offer is for it, by option 60',
    async (dhcp) => {
      const said = (await boot(dhcp, http)).reply.options.get(60)
      assert.equal(latin1(said ?? new Uint8Array(0)), 'HTTPClient')
    },
  ],
])
