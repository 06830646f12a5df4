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
    {
      version: 2,
      what: 'clusters, their room, jobs and benchmark runs',
      sql: `
        DROP TABLE timeline;
        CREATE TABLE reservation (
          vo TEXT NOT NULL, cluster TEXT NOT NULL, content TEXT NOT NULL,
          PRIMARY KEY (vo, cluster)
        ) STRICT;
        CREATE TABLE cluster (
          vo TEXT NOT NULL, cluster TEXT NOT NULL, wanted TEXT NOT NULL, spec TEXT NOT NULL,
          PRIMARY KEY (vo, cluster)
        ) STRICT;
        CREATE TABLE job (
          id TEXT PRIMARY KEY, kind TEXT NOT NULL, vo TEXT NOT NULL, cluster TEXT NOT NULL,
          state TEXT NOT NULL, started_at REAL NOT NULL, content TEXT NOT NULL
        ) STRICT;
        CREATE INDEX job_by_age ON job (started_at);
        CREATE TABLE vcn_mark (
          vo TEXT NOT NULL, cluster TEXT NOT NULL, vcn TEXT NOT NULL, host TEXT NOT NULL,
          phase TEXT NOT NULL, at REAL NOT NULL,
          PRIMARY KEY (vo, cluster, vcn, phase)
        ) STRICT;
        CREATE TABLE vcn_life (
          vo TEXT NOT NULL, cluster TEXT NOT NULL, vcn TEXT NOT NULL, state TEXT NOT NULL,
          PRIMARY KEY (vo, cluster, vcn)
        ) STRICT;
        CREATE TABLE cluster_key (
          vo TEXT NOT NULL, cluster TEXT NOT NULL, public TEXT NOT NULL, secret TEXT NOT NULL,
          PRIMARY KEY (vo, cluster)
        ) STRICT;
        CREATE TABLE fence (machine TEXT PRIMARY KEY, boot INTEGER NOT NULL, at REAL NOT NULL) STRICT;
        CREATE TABLE hpl_run (
          id TEXT PRIMARY KEY, started_at REAL NOT NULL, content TEXT NOT NULL
        ) STRICT;
        CREATE INDEX hpl_run_by_age ON hpl_run (started_at);
      `,
    },
  ],
} as const satisfies Schema
