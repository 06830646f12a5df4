// Why this file exists: the rack's cables as a list of commands that can be read, tested and run one after the other.
import { managementNetwork, type RackPlan } from './plan.ts'

/** The interface of the appliance that coppice.yaml names. */
export const provisioningInterface = 'prov0'
export const probeInterface = 'probe0'

export function inNamespace(namespace: string, argv: readonly string[]): readonly string[] {
  return ['ip', 'netns', 'exec', namespace, ...argv]
}

/** In order; everything is made inside the two namespaces, so that their end is the end of all of it. */
export function wiringCommands(plan: RackPlan): readonly (readonly string[])[] {
  const app = plan.applianceNamespace
  const rack = plan.rackNamespace
  const inApp = (...words: string[]): readonly string[] => ['ip', '-n', app, ...words]
  const inRack = (...words: string[]): readonly string[] => ['ip', '-n', rack, ...words]
  const veth = (near: string, far: string): readonly string[] =>
    inRack('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', app)
  return [
    ['ip', 'netns', 'add', app],
    ['ip', 'netns', 'add', rack],
    inApp('link', 'set', 'lo', 'up'),
    inRack('link', 'set', 'lo', 'up'),
    // A bridge that listens before it forwards would swallow the first DISCOVERs.
    inRack('link', 'add', 'br0', 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0'),
    veth('cable0', provisioningInterface),
    inRack('link', 'set', 'cable0', 'master', 'br0', 'up'),
    inApp(
      'address',
      'add',
      `${plan.network.appliance}/${plan.network.prefixBits}`,
      'dev',
      provisioningInterface,
    ),
    inApp('link', 'set', provisioningInterface, 'up'),
    veth('bmc0', 'mgmt0'),
    inApp(
      'address',
      'add',
      `${managementNetwork.appliance}/${managementNetwork.prefixBits}`,
      'dev',
      'mgmt0',
    ),
    inApp('link', 'set', 'mgmt0', 'up'),
    ...[managementNetwork.rack, ...plan.machines.map((machine) => machine.bmc.address)].map(
      (address) =>
        inRack('address', 'add', `${address}/${managementNetwork.prefixBits}`, 'dev', 'bmc0'),
    ),
    inRack('link', 'set', 'bmc0', 'up'),
    ...plan.machines.flatMap(({ tap }) => [
      inRack('tuntap', 'add', tap, 'mode', 'tap'),
      inRack('link', 'set', tap, 'master', 'br0', 'up'),
    ]),
    // A card with the spare entry's MAC, through which the lab itself asks for an address.
    inRack(
      'link',
      'add',
      probeInterface,
      'address',
      plan.spareMac,
      'type',
      'veth',
      'peer',
      'name',
      'probe1',
    ),
    inRack('link', 'set', 'probe1', 'master', 'br0', 'up'),
    inRack('link', 'set', probeInterface, 'up'),
    inRack('link', 'set', 'br0', 'up'),
  ]
}
