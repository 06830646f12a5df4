// Why this file exists: a page that shows commands is a promise; here it is read as what to type and what must then be seen.

/** One block of commands, and the lines that the page shows below it. */
export interface Lesson {
  /** The heading above it. */
  readonly title: string
  readonly commands: string
  /** `…` stands for anything. */
  readonly shown: readonly string[]
}

const fence = /^```(\w*)$/

/** Blocks marked `sh` are typed; a block marked `text` right behind one is what it prints. */
export function readPage(markdown: string): readonly Lesson[] {
  const lessons: Lesson[] = []
  let title = ''
  let block: { readonly kind: string; readonly lines: string[] } | undefined
  for (const line of markdown.split('\n')) {
    const kind = fence.exec(line)?.[1]
    if (block === undefined && kind === undefined) {
      if (line.startsWith('#')) title = line.replace(/^#+\s*/, '')
    } else if (block === undefined) block = { kind: kind ?? '', lines: [] }
    else if (kind === undefined) block.lines.push(line)
    else {
      if (block.kind === 'sh') lessons.push({ title, commands: block.lines.join('\n'), shown: [] })
      const last = lessons.at(-1)
      if (block.kind === 'text' && last !== undefined)
        lessons[lessons.length - 1] = { ...last, shown: block.lines.filter((one) => one !== '') }
      block = undefined
    }
  }
  return lessons
}

/** The first line of the page that the output does not hold, in this order; `undefined` when all are there. */
export function missingLine(shown: readonly string[], output: string): string | undefined {
  const lines = output.split('\n')
  let at = 0
  for (const wanted of shown) {
    const shape = new RegExp(`^${wanted.trimEnd().split('…').map(escaped).join('.*')}$`)
    const found = lines.findIndex((line, index) => index >= at && shape.test(line.trimEnd()))
    if (found < 0) return wanted
    at = found + 1
  }
  return undefined
}

/** Blanks of a table are as wide as its widest word, which differs from run to run. */
function escaped(text: string): string {
  return RegExp.escape(text).replaceAll(/(?:\\x20| )+/g, ' +')
}
