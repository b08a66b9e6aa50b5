import type { Migration } from '../../sql/migrations.ts'

/** Who is to be told of what happens, and what they have been told. */
export const webhooks: Migration = {
  name: 'webhooks',
  sql: `
    create table webhooks (
      id text collate "C" primary key,
      url text not null,
      name text not null,
      events text not null,
      task text collate "C" references tasks (id),
      sealed_secret text not null,
      created_at double precision not null
    );

    create table webhook_deliveries (
      sequence bigint generated always as identity primary key,
      webhook text collate "C" not null references webhooks (id) on delete cascade,
      id text collate "C" not null,
      event text not null,
      subject text not null,
      body text not null,
      status text not null,
      attempts integer not null,
      answer text,
      created_at double precision not null,
      next_attempt_at double precision,
      ended_at double precision,
      unique (webhook, id)
    );
    create index webhook_deliveries_listed on webhook_deliveries (webhook, sequence);
    create index webhook_deliveries_pending on webhook_deliveries (webhook, next_attempt_at, sequence)
      where status = 'pending';
    create index webhook_deliveries_ended on webhook_deliveries (webhook, ended_at, sequence)
      where ended_at is not null;
  `,
}
