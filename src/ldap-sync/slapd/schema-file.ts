// Why this file exists: the schema ships once, as LDIF for administrators; our own slapd reads the same
// definitions in its configuration file's words.

const directives: ReadonlyMap<string, string> = new Map([
  ['olcattributetypes', 'attributetype'],
  ['olcobjectclasses', 'objectclass'],
])

/** LDIF of an olcSchemaConfig entry as lines of slapd.conf. */
export function schemaDirectives(ldif: string): string {
  const lines = unfold(ldif).flatMap((line) => {
    const [, name = '', value = ''] = /^([^:]+): (.*)$/.exec(line) ?? []
    const directive = directives.get(name.toLowerCase())
    return directive === undefined ? [] : [`${directive} ${value}`]
  })
  return lines.join('\n')
}

/** RFC 2849: a line that starts with a space goes on from the one before. */
export function unfold(ldif: string): string[] {
  return ldif
    .replaceAll(/\r?\n /g, '')
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'))
}
