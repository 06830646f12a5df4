// Why this file exists: what removes something asks first, if somebody is there to answer; a script has said what it wants.
import { Fault } from '#fault'
import type { Call } from './call.ts'

/** For what begins long work: where nobody can be asked, the order itself must say yes. */
export async function demandYes(
  call: Call<{ readonly yes?: boolean }>,
  what: string,
  otherwise: string,
): Promise<void> {
  const { io, flags } = call
  if (flags.yes === true || (io.isTerminal.in && io.isTerminal.err)) return confirm(call, what)
  throw new Fault('CPC-CLI-014', {
    what: 'nothing was done',
    where: what,
    why: 'nobody is at the terminal who could be asked',
    todo: otherwise,
  })
}

export async function confirm(call: Call<{ readonly yes?: boolean }>, what: string): Promise<void> {
  const { io, flags } = call
  if (flags.yes === true || !io.isTerminal.in || !io.isTerminal.err) return
  const answer = await io.ask(`${what}? [y/N] `)
  if (/^y(es)?$/i.test(answer.trim())) return
  throw new Fault('CPC-CLI-009', {
    what: 'nothing was done',
    where: what,
    why: 'it was not confirmed',
    todo: 'answer y, or give --yes',
  })
}
