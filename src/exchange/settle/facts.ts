// Why this file exists: the directory takes any text, and serves only what people can read and loaders can ask for; what
// it would leave out later is told now.
import { identifiesNobody, visible } from '#directory'
import type { MachineFacts } from '../outcome.ts'
import type { Report } from '../report.ts'

const textCharactersMax = 1000
/** DHCP has bytes for it, not characters. */
const bootFileShape = /^[!-~]{1,255}$/

export function usableFacts(facts: MachineFacts, where: string, report: Report): MachineFacts {
  const { tags, bootParameters, bootFile, port, uuid, power, ...rest } = facts
  const keep = (what: string, text: string, isUsable: boolean): boolean => {
    if (!isUsable)
      report.leaveOut(where, `${what} ${visible(text)}`, 'nobody could read or ask for it')
    return isUsable
  }
  const plain = (what: string, texts: readonly string[]): readonly string[] =>
    texts.filter((text) => keep(what, text, isPlain(text)))
  const isSomebody = uuid !== undefined && keep('UUID', uuid, !identifiesNobody(uuid))
  return {
    ...rest,
    ...(tags && { tags: plain('tag', tags) }),
    ...(bootParameters && { bootParameters: plain('boot parameter', bootParameters) }),
    ...(bootFile !== undefined &&
      keep('boot file', bootFile, bootFileShape.test(bootFile)) && { bootFile }),
    ...(port !== undefined && keep('port', port, isPlain(port)) && { port }),
    ...(power !== undefined && keep('power', power, isPlain(power)) && { power }),
    ...(isSomebody && { uuid }),
  }
}

function isPlain(text: string): boolean {
  return (
    text !== '' &&
    text.length <= textCharactersMax &&
    visible(text) === text &&
    text.trim() === text
  )
}
