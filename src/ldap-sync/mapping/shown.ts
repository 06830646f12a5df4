// Why this file exists: what is wrong with an entry is told with the value itself, which may be endless or rubbish.
import { visible } from '#directory'

const charactersMax = 80

/** In quotes, and nothing in it that does not show itself. */
export function shown(text: string): string {
  const cut = text.length > charactersMax ? `${text.slice(0, charactersMax)}…` : text
  return visible(JSON.stringify(cut))
}
