// Why this file exists: the form of wire.db, which holds what the serving process must never forget.
import type { Schema } from '../migration.ts'

export const wireSchema = {
  applicationId: 0x43_50_57_31, // "CPW1"
  migrations: [
    {
      version: 1,
      what: 'leases and sightings',
      // Leases are keyed by address: networks are renamed and renumbered, addresses are not (HOSTILE 37).
      sql: `
        CREATE TABLE lease (
          address INTEGER PRIMARY KEY,
          mac TEXT NOT NULL,
          state TEXT NOT NULL,
          source TEXT NOT NULL,
          client_id TEXT,
          port TEXT NOT NULL,
          wall_ms REAL NOT NULL,
          monotonic_ms REAL NOT NULL,
          boot_id TEXT NOT NULL,
          seconds REAL NOT NULL
        ) STRICT;
        -- AUTOINCREMENT: a number is never given twice, even after everything was forgotten.
        CREATE TABLE sighting (
          seq INTEGER PRIMARY KEY AUTOINCREMENT,
          content TEXT NOT NULL
        ) STRICT;
      `,
    },
    {
      version: 2,
      what: 'leases that have ended',
      // The table holds them as a state that earlier releases cannot read; they must not try.
      sql: '',
    },
  ],
} as const satisfies Schema
