import type { Migration } from '../../sql/migrations.ts'

/** A lease that was let go keeps its row, without a holder: the next token is larger than any before. */
export const leases: Migration = {
  name: 'leases',
  sql: `
    create table leases (
      task text primary key references tasks (id),
      holder text,
      token integer not null check (token > 0),
      expires_at real not null
    ) strict;
    create index leases_held on leases (holder) where holder is not null;
  `,
}
