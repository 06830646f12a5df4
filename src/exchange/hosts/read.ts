// Why this file exists: /etc/hosts has names and addresses, /etc/ethers has cards; only together they describe machines.
// Which line is of which kind shows in its first word, so the two may come in any order, or as one file.
import { parseIp4 } from '#directory'
import type { Gathering } from '../found.ts'
import { linesOf, Places, type SourceFile, type SourceLine } from '../source.ts'
import { looksLikeMac, readMac } from '../values.ts'

export function readHosts(file: SourceFile, gathering: Gathering): void {
  const places = new Places(file)
  for (const line of linesOf(file.text)) {
    const words = wordsOf(line)
    const [first] = words
    if (first === undefined) continue
    readLine(words, places.at(line.offset + line.text.indexOf(first)), gathering)
  }
}

/** Every line that says anything begins with an address or a card, and has a name. */
export function looksLikeHosts(text: string): boolean {
  let seen = 0
  for (const line of linesOf(text)) {
    const words = wordsOf(line)
    const [first, second] = words
    if (first === undefined) continue
    if (second === undefined || !isStart(first) || /[,;=]/.test(words.join(''))) return false
    seen += 1
    if (seen >= linesLookedAt) break
  }
  return seen > 0
}

/** Nobody hides another format behind so many lines of this one. */
const linesLookedAt = 1000

function isStart(word: string): boolean {
  return parseIp4(word) !== undefined || looksLikeMac(word) || isIp6(word)
}

function isIp6(word: string): boolean {
  return /^[0-9a-f:.]*:[0-9a-f:.]*(%\S+)?$/i.test(word) && word.split(':').length > 2
}

function wordsOf({ text }: SourceLine): readonly string[] {
  const bare = text.split('#', 1)[0] ?? ''
  return bare.split(/\s+/).filter((word) => word !== '')
}

function readLine(words: readonly string[], where: string, { report, cards }: Gathering): void {
  const [first = '', ...names] = words
  const leave = (why: string): void => report.leaveOut(where, words.join(' '), why)
  if (looksLikeMac(first)) {
    const mac = readMac(first)
    if (mac === undefined) return leave('it is no Ethernet address of one card')
    if (names.length === 0) return leave('a name or an address is missing')
    const addresses = names.flatMap((name) => parseIp4(name) ?? [])
    const called = names.filter((name) => parseIp4(name) === undefined)
    report.understand('lines with a card')
    return void cards.push({ where, names: called, macs: [mac], addresses })
  }
  const address = parseIp4(first)
  if (address !== undefined) {
    if (first.startsWith('127.')) return leave('it is every machine’s own')
    if (first === '255.255.255.255' || first === '0.0.0.0')
      return leave('it is no machine’s address')
    if (names.length === 0) return leave('a name is missing')
    report.understand('lines with an address')
    return void cards.push({ where, names, macs: [], addresses: [address] })
  }
  leave(isIp6(first) ? 'IPv6 is not served yet' : 'it begins with neither an address nor a card')
}
