import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConflictError } from '../../faults/storage.ts'
import type { Store } from '../../ports/store.ts'
import { anOperatorToken } from '../contracts/arrange.ts'
import { openPostgresStore } from './postgres-store.ts'
import { aSchema, type SchemaUnderTest } from './schema-under-test.ts'

let subject: SchemaUnderTest
let stores: Store[]
beforeEach(async () => {
  subject = await aSchema()
  const { url, schema } = subject
  stores = [await openPostgresStore({ url, schema }), await openPostgresStore({ url, schema })]
})
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()))
  await subject.drop()
})

test('of two admins that revoke each other at once at two processes, one is left', async () => {
  for (let round = 0; round < 20; round++) {
    const ids = stores.map((_, at) => `tok-${round}-${at}`)
    const before = (await stores[0]?.tokens.list()) ?? []
    await stores[0]?.commit([
      ...ids.map((id) => ({ kind: 'insert-token' as const, token: anOperatorToken(id) })),
      ...before.map(({ id }) => ({ kind: 'revoke-token' as const, id })),
    ])
    const attempts = await Promise.allSettled(
      stores.map((store, at) => store.commit([{ kind: 'revoke-token', id: ids[at] ?? '' }])),
    )
    const refused = attempts.filter((attempt) => attempt.status === 'rejected')
    expect(refused.map(({ reason }) => reason)).toEqual([expect.any(ConflictError)])
  }
})
