// Why this file exists: what lint says has one shape, with a code that `explain-error` expands.
import { visible } from '../visible.ts'

/** `severity` error: the entry is not served. */
export interface Finding {
  readonly code: `CPC-DIR-${string}`
  readonly severity: 'error' | 'warning'
  readonly dn: string
  readonly why: string
}

/** The reason may quote what people wrote. */
export function warning(
  code: Finding['code'],
  { dn }: { readonly dn: string },
  why: string,
): Finding {
  return { code, severity: 'warning', dn, why: visible(why) }
}
