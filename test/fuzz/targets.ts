// Why this file exists: everybody who is fuzzed by packets, for the test, the soak and whoever asks by name.
import { dhcpTarget } from './dhcp/target.ts'
import { dnsTarget } from './dns/target.ts'
import { feedTarget } from './feed/target.ts'
import { httpTarget } from './http/target.ts'
import type { Target } from './target.ts'
import { tftpTarget } from './tftp/target.ts'

export const targets: readonly Target[] = [
  dhcpTarget,
  dnsTarget,
  tftpTarget,
  httpTarget,
  feedTarget,
]
