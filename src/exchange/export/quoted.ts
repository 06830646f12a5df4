// Why this file exists: free text of the directory goes into files of other programs only through the quotes that each of
// them understands.

/** A string of dhcpd.conf; every octet is itself, whatever it is. */
export function dhcpdString(text: string): string {
  return `"${[...new TextEncoder().encode(text)].map(dhcpdOctet).join('')}"`
}

function dhcpdOctet(octet: number): string {
  const letter = String.fromCharCode(octet)
  if (letter === '"' || letter === '\\') return `\\${letter}`
  return octet >= 0x20 && octet < 0x7f ? letter : `\\${octet.toString(8).padStart(3, '0')}`
}

/** Behind `#`: no end of a line can end the comment. */
export function comment(text: string): string {
  return `# ${text.replaceAll(/[^\x20-\x7e]/g, '?')}`
}
