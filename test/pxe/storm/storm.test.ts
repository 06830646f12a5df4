// Why this file exists: HOSTILE 26 over real sockets: when many machines boot at once, each gets its files, none much later.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { needs, needsRoot } from '../../needs.ts'
import { raiseStorm } from './storm.ts'

const small = {
  tftpClients: 150,
  httpClients: 40,
  loaderBytes: 200_001,
  imageBytes: 4_000_000,
  deadlineMillis: 60_000,
}

test(
  'HOSTILE 26: 150 machines that load by TFTP and 40 by HTTP in the same moment get their files, whole, and nobody gives up',
  { ...needsRoot(), ...needs('iproute2', '/usr/sbin/ip') },
  async () => {
    const { tftp, http, loaderDigest, imageDigest } = await raiseStorm(small)
    assert.deepEqual([tftp.failures, tftp.clients], [[], small.tftpClients])
    assert.deepEqual([http.failures, http.clients], [[], small.httpClients])
    assert.deepEqual(tftp.digests, [loaderDigest])
    assert.deepEqual(http.digests, [imageDigest])
  },
)
