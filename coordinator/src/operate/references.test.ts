import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aDigest } from '../adapters/contracts/arrange.ts'
import { openSqliteSnapshot } from '../adapters/sqlite/snapshot.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { referencesOf } from './references.ts'
import { EVERYTHING } from './table-records.builders.ts'

test('a version refers to its weights and to what its strategy left with it: neither is anybody’s to delete', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-references-'))
  try {
    const path = join(folder, 'tables')
    const store = await openSqliteStore({ path })
    await store.commit(EVERYTHING)
    await store.close()
    const snapshot = await openSqliteSnapshot(path)
    const references = await referencesOf(snapshot)
    await snapshot.close()
    for (const blob of ['weights 2', 'moments'])
      expect(references.get(aDigest(blob))).toMatchObject({ by: ['faces/models/2'], dropped: false })
  } finally {
    await rm(folder, { recursive: true })
  }
})
