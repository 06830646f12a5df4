// Why this file exists: a client that takes routes (RFC 3442) hears of the router only among them, and one with little room
// must not lose both.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatRoute, type Ip4, ip4, netmask, parseRoute, type Route } from '#directory'
import fc from 'fast-check'
import { decodeRoutes, encodeRoutes } from '../../../src/pxe/dhcp/classless-routes.ts'
import { describeMessage } from '../../../src/pxe/dhcp/describe.ts'
import { optionOf } from '../../../src/pxe/dhcp/options.ts'
import { ip, knownMac, label, network, newSite, replyOf, siteEntries, type } from '../dhcp-lab.ts'

function route(text: string): Route {
  const parsed = parseRoute(text)
  assert.ok(parsed, text)
  return parsed
}

interface Wire {
  readonly gateway?: Ip4
  readonly routes?: readonly Route[]
}

function offerOn(wire: Wire, asked: readonly number[], bytesMax = 1472) {
  const [, ...others] = siteEntries
  const prov = network('10.77.0.0/24', { name: label('prov'), ...wire })
  const options = { 55: Uint8Array.from(asked), 57: Uint8Array.of(bytesMax >> 8, bytesMax & 255) }
  const sent = { type: type.discover, mac: knownMac, options }
  const offer = replyOf(newSite([prov, ...others]).ask(sent))
  assert.ok(offer)
  const routesIn = (code: number) => {
    const bytes = optionOf(offer.options, code)
    return bytes && decodeRoutes(bytes)?.map(formatRoute)
  }
  return { offer, routes: routesIn(121), old: routesIn(249), router: optionOf(offer.options, 3) }
}

const gateway = ip('10.77.0.254')
const one = route('198.51.100.0/24 10.77.0.253')
const routed = { gateway, routes: [one] }
const told = ['198.51.100.0/24 10.77.0.253', '0.0.0.0/0 10.77.0.254']
const alone = Uint8Array.of(10, 77, 0, 254)
const everywhere = route('0.0.0.0/0 10.77.0.253')

for (const [sentence, wire, asked, wanted] of [
  ['the router is told among the routes, and no option 3 beside', routed, [1, 3, 121], [told]],
  ['who asks for routes in front of the router hears the same', routed, [121, 3], [told]],
  ['who does not know routes is told the router', routed, [1, 3], [undefined, alone]],
  ['without routes the router says it all', { gateway }, [1, 3, 121], [undefined, alone]],
  ['without a router the routes stand alone', { routes: [one] }, [3, 121], [told.slice(0, 1)]],
  [
    'a default route that is described takes the place of the router',
    { gateway, routes: [everywhere] },
    [3, 121],
    [['0.0.0.0/0 10.77.0.253']],
  ],
  [
    'a destination on the same wire has no router',
    { routes: [route('192.0.2.0/24 0.0.0.0')] },
    [121],
    [['192.0.2.0/24 0.0.0.0']],
  ],
] as const) {
  test(`RFC 3442: ${sentence}`, () => {
    const { routes, router } = offerOn(wire, asked)
    assert.deepEqual({ routes, router }, { routes: wanted[0], router: wanted[1] })
  })
}

test('old Windows asks for option 249: the same routes, and the router as ever', () => {
  assert.deepEqual(offerOn(routed, [3, 249]).old, told)
  assert.deepEqual(offerOn(routed, [3, 249]).router, alone)
  assert.equal(offerOn(routed, [3, 121, 249]).old, undefined)
})

const many = Array.from({ length: 64 }, (_, at) => route(`192.0.${at}.0/24 10.77.0.253`))

test('RFC 3396: routes of more than 255 octets come in pieces, in order', () => {
  const { routes, offer, router } = offerOn({ gateway, routes: many }, [3, 121])
  assert.equal(routes?.length, 65)
  assert.deepEqual(routes.slice(0, 64), many.map(formatRoute))
  const lengths = offer.options.parts.filter((_, at, all) => at % 3 === 2 && all[at - 2] === 121)
  assert.deepEqual(lengths, [255, 255, 7])
  assert.equal(router, undefined)
})

test('a client without room for the routes is told the router after all', () => {
  const { routes, router } = offerOn({ gateway, routes: many }, [3, 121], 576)
  assert.deepEqual({ routes, router }, { routes: undefined, router: alone })
})

test('explain shows routes as what they mean', () => {
  const lines = describeMessage(offerOn(routed, [121]).offer)
  assert.ok(
    lines.includes('routes: 198.51.100.0/24 by 10.77.0.253, 0.0.0.0/0 by 10.77.0.254'),
    lines.join('\n'),
  )
})

const anyRoute = fc
  .record({ number: fc.nat(0xffff_ffff), prefix: fc.integer({ min: 0, max: 32 }), by: fc.nat() })
  .map(({ number, prefix, by }) => ({
    to: { number: ip4((number & netmask(prefix)) >>> 0), prefix },
    by: ip4(by),
  }))

test('RFC 3442: what is written is read again, and no bytes are more than refused', () => {
  fc.assert(
    fc.property(fc.array(anyRoute, { maxLength: 70 }), (routes) => {
      assert.deepEqual(decodeRoutes(encodeRoutes(routes)), routes)
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      for (const { to } of decodeRoutes(bytes) ?? []) assert.ok(to.prefix <= 32)
    }),
  )
})

test('the router of a route is never lent, though it lies in the pool', () => {
  const pool = { first: ip('10.77.0.200'), last: ip('10.77.0.201') }
  const routes = [route('198.51.100.0/24 10.77.0.200')]
  const prov = network('10.77.0.0/24', { name: label('prov'), pool, routes })
  const site = newSite([prov])
  const offer = (mac: string) => site.ask({ type: type.discover, mac }).send?.reply.yiaddr
  assert.equal(offer('52:54:00:cc:00:01'), ip('10.77.0.201'))
  assert.equal(offer('52:54:00:cc:00:02'), undefined)
})
