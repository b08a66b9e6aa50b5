import type { Migration } from '../../sql/migrations.ts'

/** What a client did, newest first; and clients by their status, whether they are listed or counted. */
export const fleetReads: Migration = {
  name: 'fleet reads',
  sql: `
    alter table rounds add column opened_at real;
    update rounds set opened_at = json_extract(state, '$.openedAt');
    create index rounds_opened on rounds (id, opened_at);
    create index members_client on members (client, round);

    drop index clients_active;
    create index clients_status on clients (status, id);
  `,
}
