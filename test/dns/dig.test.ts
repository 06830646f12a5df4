// Why this file exists: dig reads DNS by code that is not ours; what it prints is what resolvers see.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { needs } from '../needs.ts'
import { host, startDns } from './server-lab.ts'

const run = promisify(execFile)
const program = '/usr/bin/dig'

async function dig(port: number, ...words: readonly string[]): Promise<string> {
  const args = ['-r', `@${host}`, '-p', String(port), '+tries=1', '+time=4', ...words]
  const { stdout } = await run(program, args, { timeout: 10_000 })
  return stdout
}

test('dig understands our answers', { ...needs('bind9-dnsutils', program) }, async (context) => {
  const { port } = await startDns(context)
  for (const [sentence, words, expected] of [
    ['an address', ['n11.cluster.test', 'A', '+short'], /^10\.77\.0\.11\n$/],
    ['an alias', ['www.cluster.test', 'A', '+short'], /^10\.77\.0\.11\n$/],
    ['a name', ['-x', '10.80.14.200', '+short'], /^n14\.cluster\.test\.\n$/],
    ['a name server', ['cluster.test', 'NS', '+short'], /^ns\.cluster\.test\.\n$/],
    [
      'the SOA',
      ['cluster.test', 'SOA', '+short'],
      /^ns\.\S+ hostmaster\.\S+ 1788000000 60 30 604800 10\n$/,
    ],
    ['HINFO for ANY', ['cluster.test', 'ANY', '+short', '+notcp'], /^"RFC8482" ""\n$/],
    ['over TCP', ['n11.cluster.test', 'A', '+short', '+tcp'], /^10\.77\.0\.11\n$/],
    ['without EDNS', ['n11.cluster.test', 'A', '+short', '+noedns'], /^10\.77\.0\.11\n$/],
    ['NXDOMAIN', ['n99.cluster.test', 'A'], /status: NXDOMAIN[^]*AUTHORITY: 1[^]*SOA/],
    ['NODATA', ['n11.cluster.test', 'AAAA'], /status: NOERROR[^]*ANSWER: 0, AUTHORITY: 1/],
    ['a refusal', ['www.example.org', 'A'], /status: REFUSED/],
    ['a refused transfer', ['cluster.test', 'AXFR'], /Transfer failed/],
    ['a future EDNS', ['cluster.test', 'SOA', '+edns=3', '+noednsnegotiation'], /status: BADVERS/],
    ['a negotiated EDNS', ['cluster.test', 'SOA', '+edns=3', '+short'], /^ns\.cluster\.test\./],
    ['cookies and DO', ['n11.cluster.test', 'A', '+cookie', '+dnssec'], /flags: do; udp: 1232/],
  ] as const) {
    const printed = await dig(port, ...words)
    assert.match(printed, expected, sentence)
    assert.doesNotMatch(printed, /malformed|Warning: .*(?:bad|unexpected)|extra bytes/i, sentence)
  }
})
