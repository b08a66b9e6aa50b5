import * as z from 'zod'
import { openConnections } from './connections.ts'
import { MIGRATIONS } from './migrations.ts'
import { storageErrorOf } from './postgres-errors.ts'

const Found = z.array(z.object({ version: z.int().nullable() }))

/**
 * The version of the schema in a database, beside whoever uses it, and the newest that this program knows. `found` is
 * `undefined` where there is none yet. Throws `StorageError` where the database cannot be asked.
 */
export const postgresSchemaVersion = async ({
  url,
  schema,
}: {
  url: string
  schema: string
}): Promise<{ found: number | undefined; newest: number }> => {
  const connections = openConnections({ url, schema, poolSize: 1 })
  try {
    return await connections.use(async ({ run }) => {
      const there = await run({
        sql: "select 1 from pg_tables where schemaname = $1 and tablename = 'schema_version'",
        parameters: [schema],
      })
      if (there.rows.length === 0) return { found: undefined, newest: MIGRATIONS.length }
      const { rows } = await run({
        sql: 'select max(version)::int as version from schema_version',
        parameters: [],
      })
      return { found: Found.parse(rows)[0]?.version ?? undefined, newest: MIGRATIONS.length }
    })
  } catch (cause) {
    throw storageErrorOf(cause, 'reading the schema version')
  } finally {
    await connections.close()
  }
}
