// Why this file exists: a value from the directory may hold line ends, escape sequences or marks that turn text round.
// Where people read it, they must see what is there.

const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffd]/gu

/** The same text with every character that does not show itself written out: `\u{202e}`. */
export function visible(text: string): string {
  return text.replaceAll(unseen, (mark) => `\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`)
}
