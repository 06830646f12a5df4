// Why this file exists: who can be asked, by name.
import type { Subject } from '../harness/subject.ts'
import { coppice } from './coppice.ts'

export const subjects: readonly Subject[] = [coppice]

export function subjectNamed(name: string): Subject {
  const found = subjects.find((one) => one.name === name)
  if (found) return found
  throw new Error(`SUBJECT is one of ${subjects.map((one) => one.name).join(', ')}, not ${name}`)
}
