import type { Migration } from '../../sql/migrations.ts'

/** Leases are among the first tables here; in SQLite they came second, and a number stands for the same tables in both. */
export const leases: Migration = { name: 'leases', sql: 'select 1' }
