// Why this file exists: the people of the rack as stock LDAP tools write them, and what somebody who logged in to a host
// would try there.
import type { RackPlan } from './plan.ts'

export const tag = 'login'

export interface LabPerson {
  readonly uid: string
  readonly uidNumber: number
  readonly tags: readonly string[]
  readonly sudo: boolean
}

/** The one who comes in. */
export const ada: LabPerson = { uid: 'ada', uidNumber: 10_001, tags: [tag], sudo: true }
/** Nobody gave him a tag. */
export const bob: LabPerson = { uid: 'bob', uidNumber: 10_002, tags: [], sudo: true }
/** Would be root on every host, if names and numbers were believed. */
export const mallory: LabPerson = { uid: 'mallory', uidNumber: 0, tags: [tag, '*'], sudo: true }
export const people = [ada, bob, mallory] as const

export function personDn(plan: RackPlan, { uid }: LabPerson): string {
  return `uid=${uid},ou=people,${plan.base}`
}

export function personLdif(plan: RackPlan, person: LabPerson, publicKey: string): string {
  const { uid, uidNumber, tags, sudo } = person
  return [
    `dn: ${personDn(plan, person)}`,
    ...['account', 'posixAccount', 'ldapPublicKey', 'coppicePerson'].map(
      (name) => `objectClass: ${name}`,
    ),
    `uid: ${uid}`,
    `cn: ${uid} of the lab`,
    `uidNumber: ${uidNumber}`,
    `gidNumber: ${uidNumber}`,
    `homeDirectory: /home/${uid}`,
    'loginShell: /bin/bash',
    ...tags.map((each) => `coppiceTag: ${each}`),
    `coppiceSudo: ${sudo ? 'TRUE' : 'FALSE'}`,
    `sshPublicKey: ${publicKey}`,
    '',
    '',
  ].join('\n')
}

/** Each works for root of a host, and for nobody else there. */
export function attempts({ network }: RackPlan): readonly (readonly [string, string])[] {
  const { appliance } = network
  return [
    ["the host's key", 'cat /run/coppice/key.pem'],
    ['its SSH host key', 'cat /etc/ssh/ssh_host_ed25519_key'],
    ['the claim number of its boot', 'cat /proc/cmdline'],
    ['the images of VOs', 'ls -A /var/lib/coppice/images'],
    ['the disks of nodes', 'ls /var/lib/coppice/vcn'],
    ["libvirt's socket", '[ -w /run/libvirt/libvirt-sock ]'],
    ["libvirt's socket for looking", '[ -w /run/libvirt/libvirt-sock-ro ]'],
    ['processes of others', '[ -e /proc/1/status ]'],
    ['KVM', '[ -w /dev/kvm ]'],
    ['the NFS server', `nc -w 5 ${appliance} 2049 </dev/null`],
    ['enrolment', `nc -w 5 ${appliance} 8443 </dev/null`],
    ['a boot script', `curl -sf -m 5 http://${appliance}/boot.ipxe`],
    ['the files of accounts', '[ -w /etc/passwd ]'],
  ]
}
