// Why this file exists: each transaction is one line of the log, and whoever floods us writes no gigabytes: beyond so many
// lines in a second the rest is counted, and the count is told. Pure.

/** A row of racks that is switched on at once is told whole. */
export const linesPerSecondMax = 1_000

export function boundedLines(
  log: (line: string) => void,
  now: () => number,
): (line: string) => void {
  let second = 0
  let told = 0
  let untold = 0
  return (line) => {
    const current = Math.floor(now() / 1_000)
    if (current !== second) {
      if (untold > 0)
        log(`${untold} lines more within one second are left out; /metrics counts all`)
      second = current
      told = 0
      untold = 0
    }
    told += 1
    if (told <= linesPerSecondMax) log(line)
    else untold += 1
  }
}
