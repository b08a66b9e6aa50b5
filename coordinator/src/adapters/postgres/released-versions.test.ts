import { afterEach, beforeEach, expect, test } from 'vitest'
import { expectWhatWasReleased } from '../contracts/released-rows.ts'
import { rowsOf } from '../sql/released-rows.builders.ts'
import { openConnections } from './connections.ts'
import { MIGRATIONS, migrate } from './migrations.ts'
import { openPostgresStore } from './postgres-store.ts'
import { aSchema, type SchemaUnderTest } from './schema-under-test.ts'

let subject: SchemaUnderTest
beforeEach(async () => {
  subject = await aSchema()
})
afterEach(() => subject.drop())

test.each(MIGRATIONS.map(({ name }, index) => [index + 1, name] as const))(
  'a database of schema version %i (%s) is brought up with every row that is in it',
  async (version) => {
    const { url, schema, ask } = subject
    // Leases are among the first tables here.
    const rows = rowsOf(Math.max(version, 2))
    const connections = openConnections({ url, schema, poolSize: 1 })
    await connections.use((connection) => migrate(connection, schema, MIGRATIONS.slice(0, version)))
    await connections.close()
    for (const { table, row } of rows) {
      const columns = Object.keys(row)
      const places = columns.map((_, i) => `$${i + 1}`).join(', ')
      await ask(`insert into ${table} (${columns.join(', ')}) values (${places})`, Object.values(row))
    }
    const tables = [...new Set(rows.map(({ table }) => table))]
    const held = async () =>
      Promise.all(tables.map((table) => ask(`select * from ${table} order by ${table}::text`)))
    const before = await held()

    const store = await openPostgresStore({ url, schema })
    await expectWhatWasReleased(store)
    await store.close()
    // Newer columns may stand beside those that were there.
    expect(await held()).toMatchObject(before)
  },
)
