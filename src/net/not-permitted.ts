// Why this file exists: sockets and namespaces are refused to the unprivileged alike, and both say what is missing.
import { Fault } from '#fault'
import type { CallRefused } from './libc.ts'

export function notPermitted(where: string, cause: CallRefused): Fault {
  return new Fault(
    'CPC-NET-002',
    {
      what: 'a socket may not be opened',
      where,
      why: cause.message,
      todo: 'start as root, or with CAP_NET_BIND_SERVICE, CAP_NET_RAW and CAP_SYS_ADMIN (for VO networks)',
    },
    { cause },
  )
}
