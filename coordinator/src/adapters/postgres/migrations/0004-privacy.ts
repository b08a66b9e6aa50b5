import type { Migration } from '../../sql/migrations.ts'

/**
 * What is said in the sessions of secure rounds, until the round has settled; and what each task has spent of its
 * privacy. A round whose session is at work is an open one too.
 */
export const privacy: Migration = {
  name: 'privacy',
  sql: `
    create table session_rows (
      round text collate "C" not null references rounds (id),
      client text collate "C" not null,
      type text collate "C" not null,
      message text not null,
      primary key (round, client, type)
    );

    create table ledgers (
      task text collate "C" primary key references tasks (id),
      ledger text not null
    );

    drop index rounds_open;
    create unique index rounds_open on rounds (task)
      where phase in ('selecting', 'training', 'secure-training', 'aggregating');
  `,
}
