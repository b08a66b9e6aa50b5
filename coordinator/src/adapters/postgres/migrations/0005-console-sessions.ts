import type { Migration } from '../../sql/migrations.ts'

/** Browsers that signed in: by an operator token, or by what an identity provider said of a person. */
export const consoleSessions: Migration = {
  name: 'console sessions',
  sql: `
    create table console_sessions (
      id text collate "C" primary key,
      hash text collate "C" not null unique,
      token text collate "C" references tokens (id),
      subject text,
      name text,
      role text check (role in ('viewer', 'operator', 'admin')),
      terms text,
      created_at double precision not null,
      seen_at double precision not null,
      expires_at double precision not null,
      check ((token is null) = (subject is not null and name is not null and role is not null and terms is not null))
    );
  `,
}
