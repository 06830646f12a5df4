// Why this file exists: whatever goes wrong in a request, the asker gets one shape (RFC 9457) with the four lines and a
// code; what nobody foresaw is told by a reference only, since its details may hold secrets.
import type { FastifyError } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { Fault } from '#fault'
import type { Problem } from './schemas.ts'

export interface Told {
  readonly problem: Problem
  /** For the log, when the asker is not told everything. */
  readonly details?: string
}

const stackCharactersMax = 4000

export function problemOf(fault: Fault, status: number = fault.entry.status): Problem {
  const { what, where, why, todo } = fault.text
  return {
    type: `urn:coppice:fault:${fault.code}`,
    title: fault.entry.title,
    status,
    detail: `${what}: ${why}`,
    code: fault.code,
    what,
    where,
    why,
    do: todo,
  }
}

/** `where` is method and path: no query, no header and no body, which may hold what is not for logs. */
export function tell(error: unknown, where: string, newReference: () => string): Told {
  if (error instanceof Fault) return { problem: problemOf(error) }
  const refused = refusedBeforeUs(error)
  if (refused !== undefined) {
    const fault = malformed(where, refused.why)
    return { problem: problemOf(fault, refused.status) }
  }
  const reference = newReference()
  const fault = new Fault(
    'CPC-API-007',
    {
      what: 'the appliance failed at this request',
      where,
      why: `something unforeseen happened; its reference is ${reference}`,
      todo: `look for ${reference} in the log of the appliance, and report it`,
    },
    { cause: error },
  )
  const stack = error instanceof Error ? (error.stack ?? error.message) : typeof error
  const details = `${reference} ${where}: ${stack.slice(0, stackCharactersMax)}`
  return { problem: problemOf(fault), details }
}

export function malformed(where: string, why: string): Fault {
  return new Fault('CPC-API-002', {
    what: 'the request cannot be understood',
    where,
    why,
    todo: 'correct it as /openapi.json describes',
  })
}

/** What the checks in front of our handlers refuse: a shape, a length, a kind of content. */
function refusedBeforeUs(
  error: unknown,
): { readonly status: number; readonly why: string } | undefined {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issues = error.validation.map(
      ({ instancePath, message }) =>
        `${instancePath.replace(/^\//, '').replaceAll('/', '.') || 'it'}: ${message ?? 'wrong'}`,
    )
    return { status: 400, why: issues.join('; ') }
  }
  if (!isFastifyError(error)) return undefined
  const { statusCode: status = 500 } = error
  return status >= 400 && status < 500 ? { status, why: error.message } : undefined
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && 'statusCode' in error
}
