import type { Migration } from '../../sql/migrations.ts'

/** Who is to be told of what happens, and what they have been told. */
export const webhooks: Migration = {
  name: 'webhooks',
  sql: `
    create table webhooks (
      id text primary key,
      url text not null,
      name text not null,
      events text not null,
      task text references tasks (id),
      sealed_secret text not null,
      created_at real not null
    ) strict;

    create table webhook_deliveries (
      sequence integer primary key autoincrement,
      webhook text not null references webhooks (id) on delete cascade,
      id text not null,
      event text not null,
      subject text not null,
      body text not null,
      status text not null,
      attempts integer not null,
      answer text,
      created_at real not null,
      next_attempt_at real,
      ended_at real,
      unique (webhook, id)
    ) strict;
    create index webhook_deliveries_listed on webhook_deliveries (webhook, sequence);
    create index webhook_deliveries_pending on webhook_deliveries (webhook, next_attempt_at, sequence)
      where status = 'pending';
    create index webhook_deliveries_ended on webhook_deliveries (webhook, ended_at, sequence)
      where ended_at is not null;
  `,
}
