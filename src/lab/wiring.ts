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
  return [
    words`ip netns add ${plan.applianceNamespace}`,
    words`ip netns add ${plan.rackNamespace}`,
    words`ip -n ${plan.applianceNamespace} link set lo up`,
    words`ip -n ${plan.rackNamespace} link set lo up`,
    // A bridge that listens before it forwards would swallow the first DISCOVERs.
    words`ip -n ${plan.rackNamespace} link add br0 type bridge stp_state 0 forward_delay 0`,
    words`ip -n ${plan.rackNamespace} link set br0 addrgenmode none up`,
    ...provisioningCable(plan),
    ...managementCable(plan),
    ...plan.machines.flatMap(({ tap }) => [
      words`ip -n ${plan.rackNamespace} tuntap add ${tap} mode tap`,
      plugged(plan, tap),
    ]),
    ...probeCable(plan),
  ]
}

function provisioningCable(plan: RackPlan): readonly (readonly string[])[] {
  const { applianceNamespace: app, rackNamespace: rack, network } = plan
  const address = `${network.appliance}/${network.prefixBits}`
  return [
    words`ip -n ${rack} link add cable0 type veth peer name ${provisioningInterface} netns ${app}`,
    plugged(plan, 'cable0'),
    words`ip -n ${app} address add ${address} dev ${provisioningInterface}`,
    words`ip -n ${app} link set ${provisioningInterface} up`,
  ]
}

function managementCable(plan: RackPlan): readonly (readonly string[])[] {
  const { applianceNamespace: app, rackNamespace: rack } = plan
  const within = (address: string): string => `${address}/${managementNetwork.prefixBits}`
  const boards = [managementNetwork.rack, ...plan.machines.map(({ bmc }) => bmc.address)]
  return [
    words`ip -n ${rack} link add bmc0 type veth peer name mgmt0 netns ${app}`,
    words`ip -n ${app} address add ${within(managementNetwork.appliance)} dev mgmt0`,
    words`ip -n ${app} link set mgmt0 up`,
    ...boards.map((address) => words`ip -n ${rack} address add ${within(address)} dev bmc0`),
    words`ip -n ${rack} link set bmc0 up`,
  ]
}

/** A card with the spare entry's MAC, through which the lab itself asks for an address. */
function probeCable(plan: RackPlan): readonly (readonly string[])[] {
  const { rackNamespace: rack, spareMac } = plan
  return [
    words`ip -n ${rack} link add ${probeInterface} address ${spareMac} type veth peer name probe1`,
    plugged(plan, 'probe1'),
    words`ip -n ${rack} link set ${probeInterface} addrgenmode none up`,
  ]
}

/** A port of the bridge says nothing of its own: what is on the wire is the machines' and the appliance's. */
function plugged({ rackNamespace }: RackPlan, port: string): readonly string[] {
  return words`ip -n ${rackNamespace} link set ${port} master br0 addrgenmode none up`
}

/** An argv written as one reads it: blanks of the text part the words, a value never parts into two. */
export function words(
  texts: TemplateStringsArray,
  ...values: readonly string[]
): readonly string[] {
  const argv = ['']
  for (const [index, text] of texts.entries()) {
    const [first = '', ...rest] = text.split(' ')
    argv.push((argv.pop() ?? '') + first, ...rest)
    argv.push((argv.pop() ?? '') + (values[index] ?? ''))
  }
  return argv
}
