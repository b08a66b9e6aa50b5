import type { Migration } from '../../sql/migrations.ts'

/**
 * Whose tables these are. Of tables that were served before there was this one, the audit log says by whom: the
 * coordinator that started last. Versions come newest first where tables are filled from records, and so before
 * the ones they were made from: only then is their line looked at when all is written.
 */
export const identity: Migration = {
  name: 'identity',
  sql: `
    create table identity (
      sole integer primary key check (sole = 1),
      coordinator text not null
    );
    insert into identity (sole, coordinator)
      select 1, subject from audit where action = 'coordinator.started' order by sequence desc limit 1;
    alter table models alter constraint models_task_parent_fkey deferrable initially immediate;
  `,
}
