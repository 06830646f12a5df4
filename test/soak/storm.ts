// Why this file exists: a whole row of racks is switched on, by hand: `bin/node-26 test/soak/storm.ts [--tftp 1000]
// [--http 300] [--loader-mb 1] [--image-mb 20]`. It ends with 1 if anybody did not get a file, or waited too long.
import { parseArgs } from 'node:util'
import { type Crowd, raiseStorm } from '../pxe/storm/storm.ts'

const { values } = parseArgs({
  options: {
    tftp: { type: 'string', default: '1000' },
    http: { type: 'string', default: '300' },
    'loader-mb': { type: 'string', default: '1' },
    'image-mb': { type: 'string', default: '20' },
  },
})
const bytesOfMb = 1_000_000
const deadlineMillis = 600_000

function line(name: string, crowd: Crowd): string {
  const { clients, failed, timeouts, medianMs, slowestMs, blocks, useless } = crowd
  const waste = blocks === 0 ? '' : `, ${useless} of ${blocks} blocks for nothing`
  return `${name}: ${clients - failed} of ${clients} got theirs, ${timeouts} time-outs, median ${medianMs} ms, slowest ${slowestMs} ms${waste}\n`
}

const storm = await raiseStorm({
  tftpClients: Number(values.tftp),
  httpClients: Number(values.http),
  loaderBytes: Number(values['loader-mb']) * bytesOfMb,
  imageBytes: Number(values['image-mb']) * bytesOfMb,
  deadlineMillis,
})
process.stdout.write(line('TFTP', storm.tftp) + line('HTTP', storm.http))
const isWhole = (crowd: Crowd, digest: string): boolean =>
  crowd.clients === 0 || (crowd.failed === 0 && crowd.digests.join() === digest)
if (!isWhole(storm.tftp, storm.loaderDigest) || !isWhole(storm.http, storm.imageDigest)) {
  process.stderr.write(`${[...storm.tftp.failures, ...storm.http.failures].join('\n')}\n`)
  process.exitCode = 1
}
