// Why this file exists: a doubt about who a machine is waits for a person, over restarts and over the weekend.
import type { DatabaseSync } from 'node:sqlite'
import type { EntryId } from '#directory'
import { numberOf, optional, type Row, textOf, uuidOf, wordOf } from '../row.ts'
import { prepare } from '../statement.ts'

const states = ['pending', 'confirmed', 'refused'] as const

export interface ApprovalRow {
  readonly id: number
  readonly machine: EntryId
  /** What kind of doubt: a word of the room that raised it. */
  readonly doubt: string
  /** What was seen, as one line; the same doubt with the same evidence is asked once. */
  readonly evidence: string
  readonly state: (typeof states)[number]
  readonly raisedAt: number
  readonly decidedAt?: number
  readonly decidedBy?: string
}

export interface ApprovalTable {
  /** The new one, or the one that was raised before with the same evidence, decided or not. */
  raise(doubt: Pick<ApprovalRow, 'machine' | 'doubt' | 'evidence'>, at: number): ApprovalRow
  pending(): readonly ApprovalRow[]
  ofMachine(machine: EntryId): readonly ApprovalRow[]
  /** False when it is not pending. */
  decide(id: number, decision: ApprovalDecision): boolean
}

export interface ApprovalDecision {
  readonly state: 'confirmed' | 'refused'
  readonly by: string
  readonly at: number
}

export function approvalTable(db: DatabaseSync): ApprovalTable {
  const insert = prepare(
    db,
    `INSERT INTO approval (machine, doubt, evidence, state, raised_at)
     VALUES (?, ?, ?, 'pending', ?) ON CONFLICT DO UPDATE SET machine = machine RETURNING *`,
  )
  const pending = prepare(db, "SELECT * FROM approval WHERE state = 'pending' ORDER BY id")
  const ofMachine = prepare(db, 'SELECT * FROM approval WHERE machine = ? ORDER BY id')
  const decide = prepare(
    db,
    `UPDATE approval SET state = ?, decided_by = ?, decided_at = ?
     WHERE id = ? AND state = 'pending'`,
  )
  return {
    raise: ({ machine, doubt, evidence }, at) =>
      readApproval(insert.get(machine, doubt, evidence, at) ?? {}),
    pending: () => pending.all().map(readApproval),
    ofMachine: (machine) => ofMachine.all(machine).map(readApproval),
    decide: (id, { state, by, at }) => decide.run(state, by, at, id) > 0,
  }
}

function readApproval(row: Row): ApprovalRow {
  return {
    id: numberOf(row, 'id'),
    machine: uuidOf(row, 'machine'),
    doubt: textOf(row, 'doubt'),
    evidence: textOf(row, 'evidence'),
    state: wordOf(row, 'state', states),
    raisedAt: numberOf(row, 'raised_at'),
    ...optional(row, 'decided_at', 'decidedAt', numberOf),
    ...optional(row, 'decided_by', 'decidedBy', textOf),
  }
}
