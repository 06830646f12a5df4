// Why this file exists: one change of a person must not be compared with every host and every other person, so persons are
// found by their tags.
import type { EntryId, Machine, Person } from '#directory'
import { everyHost, foldTag } from '#host'

export class PeopleBook {
  readonly #persons = new Map<EntryId, Person>()
  readonly #byTag = new Map<string, Set<Person>>()

  get(id: EntryId): Person | undefined {
    return this.#persons.get(id)
  }

  named(uid: string): Person | undefined {
    return [...this.#persons.values()].find((person) => person.uid === uid)
  }

  /** Whoever one of the machine's tags lets in, and whoever may log in everywhere. */
  of({ tags }: Pick<Machine, 'tags'>): ReadonlySet<Person> {
    const found = new Set<Person>()
    for (const tag of [everyHost, ...tags.map(foldTag)]) {
      for (const person of this.#byTag.get(tag) ?? []) found.add(person)
    }
    return found
  }

  /** Returns the tags whose hosts may have to hear of it. */
  put(person: Person): ReadonlySet<string> {
    const touched = new Set([...this.remove(person.id), ...person.tags.map(foldTag)])
    this.#persons.set(person.id, person)
    for (const tag of person.tags.map(foldTag)) {
      const there = this.#byTag.get(tag)
      if (there === undefined) this.#byTag.set(tag, new Set([person]))
      else there.add(person)
    }
    return touched
  }

  remove(id: EntryId): ReadonlySet<string> {
    const person = this.#persons.get(id)
    if (person === undefined) return new Set()
    this.#persons.delete(id)
    const tags = new Set(person.tags.map(foldTag))
    for (const tag of tags) {
      const there = this.#byTag.get(tag)
      there?.delete(person)
      if (there?.size === 0) this.#byTag.delete(tag)
    }
    return tags
  }
}

/** Whether a change of persons with these tags may matter to the machine. */
export function concerns(touched: ReadonlySet<string>, { tags }: Pick<Machine, 'tags'>): boolean {
  return touched.has(everyHost) || tags.some((tag) => touched.has(foldTag(tag)))
}
