// Why this file exists: events arrive in pieces of any size; a line is one event, and a line has an end.
import type { IncomingMessage } from 'node:http'

const lineCharactersMax = 1024 * 1024

/** Calls back for each line that is not empty, until the stream ends or breaks. */
export async function readEvents(
  response: IncomingMessage,
  onLine: (line: string) => void,
): Promise<void> {
  response.setEncoding('utf8')
  let rest = ''
  try {
    for await (const part of response) {
      const lines = (rest + String(part)).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > lineCharactersMax) return
      for (const line of lines.filter((one) => one !== '')) onLine(line)
    }
  } catch {
    // A broken stream and an ended one are the same to who follows it: there is no more.
  }
}
