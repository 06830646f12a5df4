// Why this file exists: the same routes stand in files in half a dozen spellings (RFC 3442); each must come out as what it
// tells a machine, and whatever could mean two things must not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatRoute, ip4, netmask, type Route, settleRoutes, toldRoutes } from '#directory'
import { exportFile } from '#exchange'
import { address, network, snapshotOf } from './directories.ts'
import { leftOut, networks, taken } from './told.ts'

const wanted =
  'net-10-1-0-0 10.1.0.0/16 via 10.1.0.1 (10.229.0.128/25 10.1.0.2, 10.9.0.0/16 10.1.0.3)'
const octets = '16, 10,9, 10,1,0,3, 25, 10,229,0,128, 10,1,0,2'
const withDefault = `${octets}, 0, 10,1,0,1`
const hex = '10:0a:09:0a:01:00:03:19:0a:e5:00:80:0a:01:00:02'

const definition = (type: string): string => `option routes code 121 = ${type};\n`
const subnet = (text: string): string =>
  `subnet 10.1.0.0 netmask 255.255.0.0 { option routers 10.1.0.1; ${text} }`
const kea = (data: string, head = ''): string =>
  `{ "Dhcp4": { ${head} "subnet4": [ { "subnet": "10.1.0.0/16", "option-data": [
     { "name": "routers", "data": "10.1.0.1" }, ${data} ] } ] } }`
const range = 'dhcp-range=set:red,10.1.0.0,static,255.255.0.0\ndhcp-option=3,10.1.0.1\n'

for (const [sentence, text] of [
  ['dhcpd, signed', definition('array of integer 8') + subnet(`option routes ${octets};`)],
  [
    'dhcpd, unsigned, with the router among them',
    definition('array of unsigned integer 8') + subnet(`option routes ${withDefault};`),
  ],
  [
    'dhcpd, with addresses',
    definition('{ integer 8, integer 8, integer 8, ip-address }') +
      subnet('option routes 16, 10,9, 10.1.0.3, 25, 10.229.0.128, 10.1.0.2;'),
  ],
  ['dhcpd, in hex', definition('string') + subnet(`option routes ${hex};`)],
  ['dhcpd, defined elsewhere', subnet(`option rfc3442-classless-static-routes ${octets};`)],
  [
    'dhcpd, for old Windows alone',
    `option old code 249 = array of integer 8;\n${subnet(`option old ${octets};`)}`,
  ],
  [
    'dhcpd, inherited from outside, with those of another subnet',
    `option classless-routes ${octets}, 16, 10,9, 10,2,0,3;\n${subnet('')}`,
  ],
  ['Kea, in hex', kea(`{ "code": 121, "csv-format": false, "data": "${hex}" }`)],
  ['Kea, in hex without marks', kea(`{ "code": 121, "data": "${hex.replaceAll(':', '')}" }`)],
  [
    'Kea, as text',
    kea(
      `{ "name": "classless-static-route", "data": "10.9.0.0/16 - 10.1.0.3, 10.229.0.128/25 - 10.1.0.2" }`,
    ),
  ],
  [
    'Kea, under a name of its own',
    kea(
      `{ "name": "ways", "data": "${octets}" }`,
      `"option-def": [ { "name": "ways", "code": 121, "type": "uint8", "array": true } ],`,
    ),
  ],
  [
    'Kea, by number, inherited, for old Windows',
    `{ "Dhcp4": { "option-data": [ { "code": 249, "data": "${withDefault}" } ], "subnet4": [
       { "subnet": "10.1.0.0/16", "option-data": [ { "name": "routers", "data": "10.1.0.1" } ] } ] } }`,
  ],
  ['dnsmasq, by number', `${range}dhcp-option=121,10.9.0.0/16,10.1.0.3,10.229.0.128/25,10.1.0.2`],
  [
    'dnsmasq, by name and tag, behind others without a tag',
    `${range}dhcp-option=121,10.9.0.0/16,10.1.0.3,10.229.0.128/25,10.1.0.2,0.0.0.0/0,10.1.0.1
dhcp-option=tag:red,option:classless-static-route,10.9.0.0/16,10.1.0.3,10.229.0.128/25,10.1.0.2,0.0.0.0/0,10.1.0.1`,
  ],
] as const) {
  test(`RFC 3442: routes are read: ${sentence}`, () => {
    const outcome = taken(text)
    const [found = ''] = networks(outcome)
    assert.equal(found.replace(/^red/, 'net-10-1-0-0'), wanted)
    assert.deepEqual(leftOut(outcome), [])
  })
}

for (const [sentence, text, expected] of [
  [
    'a route that is cut off',
    subnet('option classless-routes 16, 10,9, 10,1,0;'),
    'option classless-routes: its routes cannot be read',
  ],
  [
    'bits beyond the prefix',
    subnet('option classless-routes 9, 10,1, 10,1,0,3;'),
    'option classless-routes: its routes cannot be read',
  ],
  [
    'a definition of something else',
    definition('array of unsigned integer 16') + subnet('option routes 16, 10,9, 10,1,0,3;'),
    'option routes: nothing here corresponds to it',
  ],
  [
    'a router elsewhere',
    subnet('option classless-routes 16, 10,9, 10,2,0,3;'),
    "route 10.9.0.0/16 10.2.0.3: it leads by no machine's address in 10.1.0.0/16",
  ],
  [
    'two ways to one place',
    subnet('option classless-routes 16, 10,9, 10,1,0,4, 16, 10,9, 10,1,0,3;'),
    'route 10.9.0.0/16 10.1.0.4: it is another way to where 10.1.0.3 leads',
  ],
  [
    'two options that differ',
    subnet(
      'option classless-routes 16,10,9,10,1,0,3; option ms-classless-static-routes 8,11,10,1,0,3;',
    ),
    'option ms-classless-static-routes: the options 121 and 249 tell different routes; those of 121 are kept',
  ],
  [
    'routes of a pool',
    subnet('pool { range 10.1.0.5; option classless-routes 16, 10,9, 10,1,0,3; }'),
    'option classless-routes: routes are those of a whole network here',
  ],
  [
    'routes of one machine',
    `host a { hardware ethernet 52:54:00:00:00:01; option classless-static-routes 16,10,9,10,1,0,3; }`,
    'option classless-static-routes: routes are those of a whole network here',
  ],
  [
    'text that is not',
    kea('{ "code": 121, "data": "10.9.0.0/16 - router" }'),
    'option 121: its routes cannot be read',
  ],
  [
    'a tag that no range sets',
    `${range}dhcp-option=tag:blue,121,10.9.0.0/16,10.1.0.3`,
    'option classless-static-route: it is for no network here, or another is nearer',
  ],
  [
    'a destination without its prefix',
    `${range}dhcp-option=121,10.9.0.0,10.1.0.3`,
    'option classless-static-route: its routes cannot be read',
  ],
] as const) {
  test(`RFC 3442: what is not clear is left out with the reason: ${sentence}`, () => {
    const lines = leftOut(taken(text)).map((line) => line.replace(/^\S+ /, ''))
    assert.ok(lines.includes(expected), lines.join('\n'))
  })
}

const anyRoute: fc.Arbitrary<Route> = fc
  .tuple(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 0, max: 32 }), fc.nat(65_000))
  .map(([number, prefix, router]) => ({
    to: { number: ip4((number & netmask(prefix)) >>> 0), prefix },
    by: ip4(router === 0 ? 0 : address('10.1.0.0') + router),
  }))

test('RFC 3442: whatever routes a network has, dhcpd and dnsmasq bring them back', () => {
  const gateway = address('10.1.0.1')
  fc.assert(
    fc.property(fc.array(anyRoute, { maxLength: 20 }), (some) => {
      const others = some.filter(({ to, by }) => to.prefix > 0 || by !== gateway)
      const { kept: routes } = settleRoutes(others)
      const more = routes.length > 0 ? { gateway, routes } : { gateway }
      const one = network(1, 'prov', '10.1.0.0/16', more)
      for (const format of ['dhcpd', 'dnsmasq'] as const) {
        const [found] = taken([...exportFile(snapshotOf([one]), format)].join('')).networks
        const back = found && toldRoutes(found).map(formatRoute)
        assert.deepEqual(back, toldRoutes(one).map(formatRoute), format)
      }
    }),
    { numRuns: 300 },
  )
})
