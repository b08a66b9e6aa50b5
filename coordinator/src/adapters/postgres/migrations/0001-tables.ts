import type { Migration } from '../../sql/migrations.ts'

/**
 * Rounds and members are whole JSON values beside the few columns that queries and rules need, as text: it comes back
 * byte for byte. Text is in the order of its bytes whatever the server's language. Times are doubles because an instant
 * may have a fraction. Model versions form a line, not a tree: `models_line` lets each version have one child, and
 * `models_root` lets each task have one beginning. A lease's token is part of a key, so that a takeover waits for
 * commits that have locked the lease's key, and a renewal does not.
 */
export const tables: Migration = {
  name: 'tables',
  sql: `
    create table tasks (
      id text collate "C" primary key,
      status text not null,
      file text not null,
      assignment_digest text not null,
      assignment_bytes bigint not null,
      created_at double precision not null
    );

    create table rounds (
      id text collate "C" primary key,
      task text collate "C" not null references tasks (id),
      number bigint not null,
      phase text not null,
      settled integer not null,
      state text not null,
      unique (task, number),
      check (id = task || '.' || number)
    );
    create unique index rounds_open on rounds (task) where phase in ('selecting', 'training', 'aggregating');
    create index rounds_unsettled on rounds (task, number) where settled = 0;
    create index rounds_completed on rounds (task) where phase = 'completed';

    create table members (
      round text collate "C" not null references rounds (id),
      client text collate "C" not null,
      status text not null,
      state text not null,
      primary key (round, client)
    );

    create table models (
      task text collate "C" not null references tasks (id),
      version bigint not null,
      parent bigint,
      weights_digest text not null,
      weights_bytes bigint not null,
      assignment text not null,
      origin text not null,
      created_at double precision not null,
      primary key (task, version),
      foreign key (task, parent) references models (task, version),
      check (parent < version)
    );
    create unique index models_line on models (task, parent) where parent is not null;
    create unique index models_root on models (task) where parent is null;

    create table round_keys (
      round text collate "C" primary key references rounds (id),
      public_key text not null,
      sealed_secret bytea not null
    );

    create table clients (
      id text collate "C" primary key,
      public_key text collate "C" not null unique,
      status text not null,
      enrolled_at double precision not null,
      enrolled_by text not null
    );
    create index clients_active on clients (id) where status = 'active';

    create table tokens (
      id text collate "C" primary key,
      kind text not null,
      hash text collate "C" not null unique,
      name text not null,
      role text,
      status text,
      uses_left bigint check (uses_left >= 0),
      expires_at double precision,
      created_at double precision not null
    );

    create table replies (
      scope text collate "C" not null,
      key text collate "C" not null,
      request text not null,
      resource text not null,
      at double precision not null,
      primary key (scope, key)
    );

    create table audit (
      sequence bigint primary key,
      at double precision not null,
      actor text not null,
      action text not null,
      subject text not null,
      detail text not null,
      previous text collate "C" not null unique,
      hash text collate "C" not null unique
    );

    create table leases (
      task text collate "C" primary key references tasks (id),
      holder text collate "C",
      token bigint not null check (token > 0),
      expires_at double precision not null,
      unique (task, token)
    );
    create index leases_held on leases (holder) where holder is not null;
  `,
}
