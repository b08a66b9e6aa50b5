import type { OpenSession } from '@tributary/protocols/secagg'
import { expect, test } from 'vitest'
import { aPolicy, aSelecting, digits3, publicKey } from '../round/round.builders.ts'
import type { Round, SecureTraining } from '../round/round.ts'
import { aManifest, identities, seedPart } from '../round/secure-cohort.builders.ts'
import { beginSecure } from '../round/secure-training.ts'
import { readSession } from './read-session.ts'

const manifest = aManifest(3)
const clients = identities(3).map(({ clientId }) => clientId)

const advertising = (): SecureTraining => {
  const { phase: _, wanted: __, deadlineAt: ___, ...head } = aSelecting()
  const event = { type: 'cohort-drawn', clients, publicKey, at: 1_000 } as const
  const decision = beginSecure(head, event, [{ manifest, seedPart }], [], aPolicy())
  if (decision.kind !== 'changed' || decision.round.phase !== 'secure-training') throw new Error('no session')
  return decision.round
}
const sharing: OpenSession = { phase: 'sharing', manifest, dropped: [], shared: [] }

/** Tables in which a round is another one each time that it is read. */
const tablesOf = (rounds: readonly (Round | undefined)[]) => {
  let reads = 0
  let sessions = 0
  const store: Parameters<typeof readSession>[0] = {
    get: async () => rounds[Math.min(reads++, rounds.length - 1)],
    async rows() {
      sessions++
      return []
    },
  }
  return { store, sessions: () => sessions }
}

test('a session that went on while its rows were read is read again', async () => {
  const before = advertising()
  const after = { ...before, groups: [{ session: sharing, deadlineAt: before.deadlineAt }] }
  const { store, sessions } = tablesOf([before, after, after])
  expect((await readSession(store, digits3))?.round).toEqual(after)
  expect(sessions()).toBe(2)
})

test('a session that ended meanwhile, and whose rows may be gone, is none', async () => {
  const { store } = tablesOf([advertising(), undefined])
  expect(await readSession(store, digits3)).toBeUndefined()
})
