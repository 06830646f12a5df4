// Why this file exists: the form of core.db, which holds what the appliance decided and observed and LDAP does not.
import type { Schema } from '../migration.ts'

export const coreSchema = {
  applicationId: 0x43_50_43_31, // "CPC1"
  migrations: [
    {
      version: 1,
      what: 'people, trust, hosts and names',
      sql: `
        CREATE TABLE audit (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          at REAL NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL,
          action TEXT NOT NULL, target TEXT NOT NULL,
          before TEXT, after TEXT, result TEXT NOT NULL
        ) STRICT;
        CREATE TABLE token (
          id TEXT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL,
          role TEXT NOT NULL, vo TEXT,
          created_at REAL NOT NULL, expires_at REAL, revoked_at REAL
        ) STRICT;
        CREATE TABLE claim (
          number TEXT PRIMARY KEY, machine TEXT NOT NULL, mac TEXT NOT NULL,
          address INTEGER NOT NULL, boot TEXT NOT NULL, uuid TEXT, port TEXT,
          minted_at REAL NOT NULL, state TEXT NOT NULL,
          used_at REAL, used_key TEXT, used_address INTEGER
        ) STRICT;
        CREATE INDEX claim_by_age ON claim (minted_at);
        CREATE TABLE approval (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          machine TEXT NOT NULL, doubt TEXT NOT NULL, evidence TEXT NOT NULL,
          state TEXT NOT NULL, raised_at REAL NOT NULL,
          decided_at REAL, decided_by TEXT,
          UNIQUE (machine, doubt, evidence)
        ) STRICT;
        CREATE TABLE certificate (
          serial TEXT PRIMARY KEY, machine TEXT NOT NULL, fingerprint TEXT NOT NULL,
          not_after REAL NOT NULL, revoked_at REAL, reason TEXT
        ) STRICT;
        CREATE TABLE host (machine TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT;
        CREATE TABLE next_boot (machine TEXT PRIMARY KEY, choice TEXT NOT NULL) STRICT;
        CREATE TABLE timeline (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          machine TEXT NOT NULL, boot INTEGER NOT NULL, phase TEXT NOT NULL,
          at REAL NOT NULL, detail TEXT NOT NULL
        ) STRICT;
        CREATE INDEX timeline_by_boot ON timeline (machine, boot);
        CREATE TABLE chosen_address (
          entry TEXT PRIMARY KEY, address INTEGER NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE holder (claim TEXT PRIMARY KEY, entry TEXT NOT NULL) STRICT;
        CREATE TABLE power_secret (
          machine TEXT PRIMARY KEY, user TEXT NOT NULL, secret TEXT NOT NULL
        ) STRICT;
        CREATE TABLE zone_serial (zone TEXT PRIMARY KEY, serial INTEGER NOT NULL) STRICT;
        CREATE TABLE progress (reader TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
      `,
    },
  ],
} as const satisfies Schema
