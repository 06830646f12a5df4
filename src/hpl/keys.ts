// Why this file exists: MPI starts its ranks by SSH, and a key that opens one cluster must open no other: each has a pair of
// its own, which is worth nothing outside the cluster's network.
import { formatSubnet, type Subnet } from '#directory'

/** Makes the pair `keyFile` and `keyFile`.pub. No passphrase: nobody is there to type it. */
export function keyPairArgv(keyFile: string): readonly [string, ...string[]] {
  return ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'coppice-mpi', '-f', keyFile]
}

/** The line of authorized_keys; `undefined` when this is no public key of such a pair. */
export function authorizedKeyLine(publicKey: string, network: Subnet): string | undefined {
  const key = /^ssh-ed25519 [A-Za-z0-9+/]{68}(?= |\n|$)/.exec(publicKey)?.[0]
  if (key === undefined) return undefined
  return `from="${formatSubnet(network)}",restrict ${key} coppice-mpi`
}
