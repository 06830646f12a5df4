// Why this file exists: a misspelt name is one letter away from what was meant, among a hundred thousand. Its neighbours are
// looked up, so that nobody goes through all names for a hint.
import { type DnsName, parseDnsName, type Snapshot } from '#directory'

const letters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789-.')
/** `n1` for `n001`: as many digits as anybody writes. */
const digitsMax = 6
const wordCharsMax = 64

/** A name that is one letter, or some zeros, away; `undefined` when there is none. */
export function nearestName(text: string, { byName, domain }: Snapshot): DnsName | undefined {
  const suffix = `.${domain}`
  const whole = text.toLowerCase()
  const word = whole.endsWith(suffix) ? whole.slice(0, -suffix.length) : whole
  if (word.length > wordCharsMax) return undefined
  for (const neighbour of neighboursOf(word)) {
    const name = parseDnsName(neighbour)
    const found = name === undefined ? undefined : byName.get(name)
    if (found !== undefined) return name
  }
  return undefined
}

/** What people mean most often comes first. */
function* neighboursOf(word: string): Generator<string> {
  yield* otherwisePadded(word)
  for (let at = 0; at < word.length; at += 1) {
    const [before, letter, behind] = [word.slice(0, at), word[at] ?? '', word.slice(at + 1)]
    yield before + behind
    const next = behind[0]
    if (next !== undefined) yield before + next + letter + behind.slice(1)
    for (const other of letters) yield before + other + behind
  }
  for (let at = 0; at <= word.length; at += 1)
    for (const other of letters) yield word.slice(0, at) + other + word.slice(at)
}

function* otherwisePadded(word: string): Generator<string> {
  const match = /^(.*?)0*(\d+)(\..*)?$/.exec(word)
  const [, before, digits, behind = ''] = match ?? []
  if (before === undefined || digits === undefined) return
  for (let length = digits.length; length <= digitsMax; length += 1)
    yield before + digits.padStart(length, '0') + behind
}
