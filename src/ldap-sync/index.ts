// Door of the room: the directory as LDAP holds it, followed live, mapped to typed entries, and written back.
export { probeSlapd } from './slapd/probe.ts'
export { prepareSlapd, type PreparedSlapd, type SlapdSettings } from './slapd/prepare.ts'
