// Why this file exists: every case of every section, in one list.
import type { Case } from './harness/case.ts'
import { offers } from './rfc2131/section-4.3.1.cases.ts'

export const dhcpCases: readonly Case<'dhcp'>[] = [...offers]
export const tftpCases: readonly Case<'tftp'>[] = []
export const dnsCases: readonly Case<'dns'>[] = []
