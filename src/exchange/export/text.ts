// Why this file exists: 100,000 machines are written as a stream; a chunk is large enough to be worth sending and small
// enough to forget.

const chunkCharacters = 32 * 1024

/** Lines, with their ends, in pieces. */
export function* chunksOf(lines: Iterable<string>): Generator<string> {
  let chunk = ''
  for (const line of lines) {
    chunk += `${line}\n`
    if (chunk.length < chunkCharacters) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}
