// Why this table exists: the steps from a switched-off machine to a KVM host, how long each may take, and what it
// means when it does not come. Everything about a boot that a person reads is made of these.

export interface PhaseRule {
  /** Seconds after the phase before it; real firmware spends minutes before its first packet. */
  readonly withinSeconds: number
  /** Not every machine passes it. */
  readonly optional?: true
  /** Why it may be missing; the reader's first place to look. */
  readonly missing: string
}

export const phaseTable = {
  'power-on': {
    withinSeconds: 60,
    optional: true,
    missing: 'the power was not switched on through us',
  },
  'first-discover': {
    withinSeconds: 600,
    missing:
      'no DHCP packet came from any of its MACs: is it on, is the MAC right, is it cabled to this network, does it boot from the network?',
  },
  lease: {
    withinSeconds: 60,
    missing:
      'it asked for an address but never took one: another DHCP server, or a reply that does not reach it',
  },
  loader: {
    withinSeconds: 120,
    optional: true,
    missing: 'the loader was not fetched by TFTP or HTTP',
  },
  script: {
    withinSeconds: 180,
    missing:
      'it has an address but never asked for its boot script: firmware that refuses the loader (Secure Boot?), or HTTP that does not reach us',
  },
  kernel: {
    withinSeconds: 180,
    missing: 'it has its script, but the kernel was not fetched whole',
  },
  initrd: {
    withinSeconds: 300,
    missing: 'the kernel was fetched, but the initramfs was not fetched whole',
  },
  'first-stage': {
    withinSeconds: 240,
    missing:
      'kernel and initramfs were fetched, but its first stage never spoke: a kernel that does not boot, or too little memory to unpack the image; its console says which',
  },
  enrolled: {
    withinSeconds: 240,
    missing:
      'the first stage runs but did not get its certificate: it does not trust our CA, its clock is wrong, or its claim was refused',
  },
  'libvirt-port': {
    withinSeconds: 120,
    missing: 'it has its certificate, but libvirtd does not listen',
  },
  'libvirt-answer': {
    withinSeconds: 180,
    missing:
      'libvirtd listens, but does not answer: TLS refused, or its first probe of QEMU never ends',
  },
  nfs: {
    withinSeconds: 120,
    missing: 'libvirt answers, but the image store is not mounted over NFS',
  },
  ready: { withinSeconds: 60, missing: 'all is there but the host was not declared ready' },
} as const satisfies Record<string, PhaseRule>

export type Phase = keyof typeof phaseTable

/** In the order of a boot. */
export const phases: readonly Phase[] = Object.keys(phaseTable).filter(isPhase)

export function isPhase(text: string): text is Phase {
  return Object.hasOwn(phaseTable, text)
}

export function ruleOf(phase: Phase): PhaseRule {
  return phaseTable[phase]
}
