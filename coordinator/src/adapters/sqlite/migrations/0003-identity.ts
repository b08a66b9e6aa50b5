import type { Migration } from '../../sql/migrations.ts'

/**
 * Whose tables these are. Of tables that were served before there was this one, the audit log says by whom: the
 * coordinator that started last.
 */
export const identity: Migration = {
  name: 'identity',
  sql: `
    create table identity (
      sole integer primary key check (sole = 1),
      coordinator text not null
    ) strict;
    insert into identity (sole, coordinator)
      select 1, subject from audit where action = 'coordinator.started' order by sequence desc limit 1;
  `,
}
