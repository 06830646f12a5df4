// Why this table exists: where Coppice and the servers that read the same directory answer differently, the reason stands
// here. A difference without one, or a reason without a difference, fails the run.
export const differences: Readonly<Record<string, string>> = {
  'DHCP: REQUEST of n002 to another server: answer':
    'dhcpd acknowledges it; RFC 2131 §4.3.2 has the client mean the other server, so we are silent',
  'DNS: n001.cluster.test ANY: answers':
    'PowerDNS gives nothing over UDP but “truncated”; we give the one record of RFC 8482 §4.2',
  'DNS: n001.cluster.test AXFR: code':
    'PowerDNS says by UDP that there is no such record; we refuse transfers by whatever way',
  'DNS: n001.cluster.test AXFR: authoritative': 'a refusal is no word of an authority',
  'DNS: n001.cluster.test AXFR: authority': 'a refusal has no SOA',
}
