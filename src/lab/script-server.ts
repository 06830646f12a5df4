// Why this file exists: beside the peer's DHCP stands the plainest HTTP server that can hand out a boot script; it says when
// each request came. Arguments: address, port. One JSON line per request.
import { createServer } from 'node:http'

const [address = '', port = ''] = process.argv.slice(2)
const script = '#!ipxe\nexit\n'

createServer((request, response) => {
  process.stdout.write(`${JSON.stringify({ at: Date.now(), path: request.url ?? '' })}\n`)
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': script.length })
  response.end(script)
}).listen(Number(port), address, () => process.stdout.write('ready\n'))
