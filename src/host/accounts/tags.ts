// Why this file exists: who may log in where is one rule, and everything that tells, checks or carries it out asks here.
import type { Machine, Person } from '#directory'

/** On a person: every host. On a machine it is a word like any other. */
export const everyHost = '*'

/** They share a tag, or the person has the one for every host; without a tag nobody may. */
export function mayLogIn(person: Pick<Person, 'tags'>, machine: Pick<Machine, 'tags'>): boolean {
  const own = new Set(person.tags.map(foldTag))
  return own.has(everyHost) || machine.tags.some((tag) => own.has(foldTag(tag)))
}

/** coppiceTag is compared by caseIgnoreMatch. */
export function foldTag(tag: string): string {
  return tag.trim().replaceAll(/\s+/g, ' ').toLowerCase()
}
