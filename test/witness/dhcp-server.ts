// Why this file exists: a server made with the package dhcp, in a process of its own, because the test beside it ends
// that process by one packet.
import dhcp from 'dhcp'

const server = dhcp.createServer({
  range: ['10.77.0.10', '10.77.0.99'],
  netmask: '255.255.255.0',
  router: ['10.77.0.1'],
  dns: ['10.77.0.1'],
  broadcast: '127.0.0.1',
  server: '127.0.0.1',
})
server.on('error', () => undefined)
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${server._sock.address().port}\n`)
})
