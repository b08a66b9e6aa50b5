import type { Migration } from '../../sql/migrations.ts'

/**
 * Rounds and members are whole JSON values beside the few columns that queries and rules need. Times are `real`
 * because an instant may have a fraction. Model versions form a line, not a tree: `models_line` lets each version
 * have one child, and `models_root` lets each task have one beginning.
 */
export const tables: Migration = {
  name: 'tables',
  sql: `
    create table tasks (
      id text primary key,
      status text not null,
      file text not null,
      assignment_digest text not null,
      assignment_bytes integer not null,
      created_at real not null
    ) strict;

    create table rounds (
      id text primary key,
      task text not null references tasks (id),
      number integer not null,
      phase text not null,
      settled integer not null,
      state text not null,
      unique (task, number),
      check (id = task || '.' || number)
    ) strict;
    create unique index rounds_open on rounds (task) where phase in ('selecting', 'training', 'aggregating');
    create index rounds_unsettled on rounds (task, number) where settled = 0;
    create index rounds_completed on rounds (task) where phase = 'completed';

    create table members (
      round text not null references rounds (id),
      client text not null,
      status text not null,
      state text not null,
      primary key (round, client)
    ) strict, without rowid;

    create table models (
      task text not null references tasks (id),
      version integer not null,
      parent integer,
      weights_digest text not null,
      weights_bytes integer not null,
      assignment text not null,
      origin text not null,
      created_at real not null,
      primary key (task, version),
      foreign key (task, parent) references models (task, version),
      check (parent < version)
    ) strict;
    create unique index models_line on models (task, parent) where parent is not null;
    create unique index models_root on models (task) where parent is null;

    create table round_keys (
      round text primary key references rounds (id),
      public_key text not null,
      sealed_secret blob not null
    ) strict;

    create table clients (
      id text primary key,
      public_key text not null unique,
      status text not null,
      enrolled_at real not null,
      enrolled_by text not null
    ) strict;
    create index clients_active on clients (id) where status = 'active';

    create table tokens (
      id text primary key,
      kind text not null,
      hash text not null unique,
      name text not null,
      role text,
      status text,
      uses_left integer check (uses_left >= 0),
      expires_at real,
      created_at real not null
    ) strict;

    create table replies (
      scope text not null,
      key text not null,
      request text not null,
      resource text not null,
      at real not null,
      primary key (scope, key)
    ) strict;

    create table audit (
      sequence integer primary key,
      at real not null,
      actor text not null,
      action text not null,
      subject text not null,
      detail text not null,
      previous text not null unique,
      hash text not null unique
    ) strict;
  `,
}
