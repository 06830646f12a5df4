// Why this table exists: the codes CPC-STO-… that the room store may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const stoFaults = {
  'CPC-STO-001': {
    title: 'Another appliance holds this data directory',
    explanation:
      'Two appliances on one data directory would give the same address twice, so a running one holds a lock that the kernel frees when it ends, however it ends. Stop the one whose process number is shown, or give this one a data directory of its own with --data.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-STO-002': {
    title: 'The database was written by a newer Coppice',
    explanation:
      'A database carries the number of its form, and this Coppice knows only older forms. Nothing was changed. Start the newer Coppice again, or restore the backup that was made before the upgrade.',
    exit: 'conflict',
    status: 500,
  },
  'CPC-STO-003': {
    title: 'A database is damaged or gone and there is no good copy of it',
    explanation:
      'The file failed its check when it was opened, or it is missing although traces of it are there. A damaged file is kept beside its old place with "damaged" and the date in its name. Coppice does not start with an empty one by itself, because leases and claims would be forgotten silently. Restore a backup to the old name; or, to start empty on purpose, move every file that begins with that name away.',
    exit: 'failed',
    status: 500,
  },
  'CPC-STO-004': {
    title: 'A database was damaged and its last good copy is in use',
    explanation:
      'The file failed its check when it was opened. It is kept under a name with "damaged" and the date, and the last good copy took its place: what was written after that copy is missing. Addresses are probed before they are given again, so nothing is used twice; look at the disk that holds the data directory.',
    exit: 'partly',
    status: 500,
  },
  'CPC-STO-005': {
    title: 'A database could not be brought to the present form',
    explanation:
      'A step of the upgrade failed and was undone; the database is as it was before that step. The usual reason is a full disk. A copy of the database before the upgrade lies beside it.',
    exit: 'failed',
    status: 500,
  },
  'CPC-STO-006': {
    title: 'A change was not stored',
    explanation:
      'The database refused the write: the disk is full, was mounted read-only, or fails. The change did not happen and nobody was told that it did. Known machines keep their addresses; new leases are not given until writing works again.',
    exit: 'failed',
    status: 507,
  },
  'CPC-STO-007': {
    title: 'Too many changes wait to be stored',
    explanation:
      'Changes come faster than the disk takes them and the queue is at its limit, so this one was refused instead of kept waiting without end. A disk that syncs slowly or a flood of requests are the usual reasons.',
    exit: 'failed',
    status: 503,
  },
  'CPC-STO-008': {
    title: 'A stored row cannot be understood',
    explanation:
      'A value in the database has not the form that Coppice writes. Somebody changed it by hand, or there is a defect in Coppice.',
    exit: 'failed',
    status: 500,
  },
  'CPC-STO-009': {
    title: 'A database cannot be opened',
    explanation:
      'The operating system or SQLite refused the file: permissions, a missing directory, a failing disk, or another program that holds it. The file was not changed.',
    exit: 'failed',
    status: 500,
  },
  'CPC-STO-010': {
    title: 'A file in the data directory is not the database that belongs there',
    explanation:
      'The file is a sound SQLite database, but of another kind: it may have been copied to the wrong name. It was not changed.',
    exit: 'failed',
    status: 500,
  },
  'CPC-STO-011': {
    title: 'The writer of a database has ended',
    explanation:
      'The thread that writes the database stopped, so no change can be stored any more. The process that needs it is to be restarted; what was acknowledged before is on the disk.',
    exit: 'failed',
    status: 503,
  },
  'CPC-STO-012': {
    title: 'Old sightings were dropped to make room',
    explanation:
      'The serving process keeps what it saw until the core has stored it. The core was away so long that the limit was reached, and the oldest sightings are gone: timelines of boots of that time have gaps. Leases are not affected.',
    exit: 'partly',
    status: 500,
  },
  'CPC-STO-013': {
    title: 'A change contradicts what is stored already',
    explanation:
      'Something that can exist once only (an address for one entry, a number of a token) exists already. Nothing was changed. Two changes at the same time are the usual reason: look again and repeat.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-STO-014': {
    title: 'The last write to a database was cut short',
    explanation:
      'The process was killed or the power went in the middle of a write. Whatever was acknowledged before it is there; the rest of the last write was never acknowledged and is left out.',
    exit: 'partly',
    status: 500,
  },
} as const satisfies Record<string, FaultEntry>
