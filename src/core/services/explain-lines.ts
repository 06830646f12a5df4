// Why this file exists: what wire tells as facts is shown to people as lines: a word in front, what is so, and below it why,
// with the name under which that reason is counted.
import type { Fact, FactTopic } from '#feed'

const labelChars = 9
/** Where a terminal ends. */
const lineCharsMax = 100

const labels: Readonly<Record<FactTopic, string>> = {
  entry: 'entry',
  name: 'name',
  card: 'card',
  place: 'place',
  dhcp: 'dhcp',
  lease: 'lease',
  boot: 'loads',
  script: 'script',
  file: 'file',
  dns: 'dns',
  last: 'last',
  packet: 'packet',
  said: 'says',
  tells: 'tells',
  hint: 'note',
}

/** A word that is the same as in the line before is not said again. */
export function linesOf(facts: readonly Fact[]): readonly string[] {
  return runsOf(facts).flatMap((run) => {
    const [first] = run
    if (first === undefined) return []
    const label = labels[first.topic]
    switch (first.topic) {
      case 'said':
      case 'tells':
        return paragraph(
          label,
          run.map(({ text }) => text),
        )
      case 'boot':
        return under(label, bootLines(run))
      default:
        return under(label, run.flatMap(linesOfFact))
    }
  })
}

export function labelled(label: string, text: string): string {
  return `${label.padEnd(labelChars)}${text}`
}

/** Facts of one topic that stand together. */
function runsOf(facts: readonly Fact[]): readonly (readonly Fact[])[] {
  const runs: Fact[][] = []
  for (const fact of facts) {
    const last = runs.at(-1)
    if (last?.[0]?.topic === fact.topic) last.push(fact)
    else runs.push([fact])
  }
  return runs
}

function under(label: string, lines: readonly string[]): readonly string[] {
  return lines.map((line, at) => labelled(at === 0 ? label : '', line))
}

/** As many to a line as fit. */
function paragraph(label: string, texts: readonly string[]): readonly string[] {
  const lines: string[] = []
  for (const text of texts) {
    const last = lines.at(-1)
    const joined = last === undefined ? text : `${last}; ${text}`
    if (last !== undefined && joined.length + labelChars <= lineCharsMax)
      lines[lines.length - 1] = joined
    else lines.push(text)
  }
  return under(label, lines)
}

function linesOfFact(fact: Fact): readonly string[] {
  const { topic, text, why, rule } = fact
  // What was seen is told with its reason in one line; it is one of many.
  if (topic === 'last') return [why === undefined ? text : `${text} (${why})`]
  if (topic === 'dns' || topic === 'hint' || why === undefined || why === text) return [text]
  return [text, `  because ${why}${rule === undefined ? '' : `  [${rule}]`}`]
}

/** Kinds of firmware that load the same are told of in one line. */
function bootLines(facts: readonly Fact[]): readonly string[] {
  const stages = new Map<string, string[]>()
  for (const { text, values } of facts) {
    const stage = values?.['stage'] ?? ''
    const rest = text.startsWith(`${stage}: `) ? text.slice(stage.length + 2) : text
    stages.set(rest, [...(stages.get(rest) ?? []), stage])
  }
  return [...stages].map(([rest, names]) => `${names.join(', ')}: ${rest}`)
}
