/** A schema of its own for a test file, on the PostgreSQL server that the run gives to all of them. */
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'

export type SchemaUnderTest = {
  url: string
  schema: string
  /** Asks the server something beside the store. */
  ask<Row>(sql: string, values?: unknown[]): Promise<Row[]>
  /** Removes all rows. */
  empty(): Promise<void>
  /** Removes the schema and all that is in it. */
  drop(): Promise<void>
}

/** From those that refer to others to those that others refer to. */
const TABLES = [
  'webhooks',
  'leases',
  'round_keys',
  'session_rows',
  'ledgers',
  'members',
  'rounds',
  'models',
  'tasks',
  'clients',
  'console_sessions',
  'tokens',
  'replies',
  'audit',
  'identity',
]

export const aSchema = async (): Promise<SchemaUnderTest> => {
  const url = inject('postgresUrl')
  const schema = `test_${randomBytes(8).toString('hex')}`
  // The first to come waits until the server has started.
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 60_000 })
  await client.connect()
  await client.query(`set search_path = ${schema}`)
  return {
    url,
    schema,
    // What the rows are, the test knows that wrote the question.
    ask: async <Row>(sql: string, values: unknown[] = []) => (await client.query(sql, values)).rows as Row[],
    async empty() {
      await client.query(TABLES.map((table) => `delete from ${table};`).join(' '))
    },
    async drop() {
      await client.query(`drop schema if exists ${schema} cascade`)
      await client.end()
    },
  }
}
