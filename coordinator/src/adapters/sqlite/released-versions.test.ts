import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { expectWhatWasReleased } from '../contracts/released-rows.ts'
import { rowsOf } from '../sql/released-rows.builders.ts'
import { MIGRATIONS, migrate } from './migrations.ts'
import { openSqliteStore } from './sqlite-store.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-released-'))
})
afterEach(() => rm(folder, { recursive: true }))

test.each(MIGRATIONS.map(({ name }, index) => [index + 1, name] as const))(
  'a database of schema version %i (%s) is brought up with every row that is in it',
  async (version) => {
    const path = join(folder, 'tributary.sqlite')
    const rows = rowsOf(version)
    const before = new DatabaseSync(path)
    migrate(before, MIGRATIONS.slice(0, version))
    for (const { table, row } of rows) {
      const columns = Object.keys(row)
      const places = columns.map(() => '?').join(', ')
      before
        .prepare(`insert into ${table} (${columns.join(', ')}) values (${places})`)
        .run(...Object.values(row))
    }
    before.close()

    const store = await openSqliteStore({ path })
    await expectWhatWasReleased(store)
    await store.close()
    const after = new DatabaseSync(path, { readOnly: true })
    for (const { table, row } of rows) {
      const held = after.prepare(`select * from ${table}`).all()
      expect(held).toContainEqual(expect.objectContaining(row))
      expect(held).toHaveLength(rows.filter((other) => other.table === table).length)
    }
    after.close()
  },
)
