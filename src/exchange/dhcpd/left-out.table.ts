// Why this table exists: each statement of dhcpd.conf that has no counterpart here is left out with the reason that helps
// its reader most.
import { notOfNetwork } from '../routes.ts'

export const leftOutBecause: Readonly<Record<string, string>> = {
  'option domain-name-servers': 'the appliance tells machines its own DNS',
  'option ntp-servers': 'the appliance tells machines its own time',
  'option subnet-mask': 'it follows from the network',
  'option broadcast-address': 'it follows from the network',
  'option root-path': 'what a machine boots is decided by its role',
  'option domain-search': 'machines search the domain of the appliance',
  'option rfc3442-classless-static-routes': notOfNetwork,
  'option classless-static-routes': notOfNetwork,
  'option static-routes': 'routes are not taken over: coppice network set NAME --route says them',
  'max-lease-time': 'a lease has one length here: default-lease-time',
  'min-lease-time': 'a lease has one length here: default-lease-time',
  authoritative: 'services.dhcp in coppice.yaml says it',
  interface: 'interfaces in coppice.yaml say it',
  'next-server': 'the appliance serves boot files itself',
  'server-name': 'the appliance serves boot files itself',
  'server-identifier': 'the appliance knows its own address',
  filename: 'what machines boot is decided by their role; a host of its own may have one',
  class: 'there are no classes of clients here',
  subclass: 'there are no classes of clients here',
  'failover peer': 'failover is not part of the directory',
  failover: 'failover is not part of the directory',
  key: 'names follow from the directory, no update is signed',
  zone: 'names follow from the directory, no server is updated',
  'omapi-port': 'changes are made in LDAP or by coppice',
  'omapi-key': 'changes are made in LDAP or by coppice',
  lease: 'it is a lease and no description',
  if: 'conditions are not understood',
  elsif: 'conditions are not understood',
  else: 'conditions are not understood',
  switch: 'conditions are not understood',
  on: 'what is done on events is not understood',
  subnet6: 'IPv6 is not served yet',
  range6: 'IPv6 is not served yet',
  prefix6: 'IPv6 is not served yet',
  'fixed-address6': 'IPv6 is not served yet',
  'fixed-prefix6': 'IPv6 is not served yet',
}

export const nothingLikeIt = 'nothing here corresponds to it'
