// Why this file exists: what removes something asks first, if somebody is there to answer; a script has said what it wants.
import { Fault } from '#fault'
import type { Call } from './call.ts'

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
