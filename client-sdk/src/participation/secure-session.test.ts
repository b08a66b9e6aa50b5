import { encodeNonce, encodePublicKey, identityFromSeed } from '@tributary/protocols/crypto'
import { seededRandom } from '@tributary/protocols/runtime'
import {
  beginServer,
  COMPILED_FLOORS,
  createRows,
  type Decision,
  Manifest,
  messageFor,
  type ServerState,
  seedPartCommitment,
  serverTransition,
} from '@tributary/protocols/secagg'
import { digestOf } from '@tributary/protocols/tensors'
import { expect, test } from 'vitest'
import { aManifest } from './participate.builders.ts'
import { beginSession } from './secure-session.ts'

const random = seededRandom('sessions')
const coordinator = identityFromSeed(random.bytes(32))
const seedPart = random.bytes(32)
const manifest = Manifest.parse({
  ...aManifest(),
  coordinator: encodePublicKey(coordinator.publicKey),
  graph: { ...aManifest().graph, seedCommitment: encodeNonce(seedPartCommitment(seedPart)) },
})
const { task, round, model, plan } = manifest
const expected = { task, round, model, plan, audience: 'demo', floors: COMPILED_FLOORS.demo } as const

/** Two sessions and a server between them, until both know their masks. */
const knowingTheirMasks = () => {
  const rows = createRows()
  let server: ServerState
  const said: string[] = []
  const ended: string[] = []
  const identities = [1, 2].map(() => identityFromSeed(random.bytes(32)))
  const take = (decision: Decision) => {
    server = decision.state
    for (const row of decision.rows) rows.keep(row)
  }
  take(beginServer({ manifest, invited: identities.map(({ clientId }) => clientId), seedPart }))
  const sessions = identities.map((identity) =>
    beginSession(
      {
        means: { identity },
        say(message) {
          said.push(message.type)
          take(
            serverTransition(server, { type: 'message', from: identity.clientId, message }, rows, {
              sign: coordinator.sign,
            }),
          )
        },
        moved: () => undefined,
        ended: (reason) => ended.push(reason),
      },
      { manifest, expected, entropy: random.bytes(32) },
    ),
  )
  // The roster, then the bundles.
  for (const _ of [1, 2]) {
    const questions = identities.map(({ clientId }) => messageFor(server, rows, clientId))
    for (const [at, question] of questions.entries())
      if (question && question.type !== 'secagg-manifest') sessions[at]?.hear(question)
  }
  const [session] = sessions
  if (!session) throw new Error('there are two sessions')
  return { session, said, ended }
}

const vector = digestOf(new Uint8Array([1]))

test('masks that nobody put on yet are overwritten when the session is cancelled, without a word', async () => {
  const { session, said, ended } = knowingTheirMasks()
  const items = await session.masks()
  expect(items.length).toBeGreaterThan(0)
  expect(items.some(({ key }) => key.some((byte) => byte !== 0))).toBe(true)
  const before = said.length
  session.cancel()
  expect(items.every(({ key }) => key.every((byte) => byte === 0))).toBe(true)
  expect([said.length, ended]).toEqual([before, []])
})

test('a vector under masks that were overwritten is spoken for by nobody', async () => {
  const { session } = knowingTheirMasks()
  await session.masks()
  session.cancel()
  expect(session.masked(vector, 20)).toBeUndefined()
})

test('a session that refuses to begin has ended when it is there, and holds no entropy', () => {
  const ended: string[] = []
  const entropy = random.bytes(32)
  beginSession(
    {
      means: { identity: identityFromSeed(random.bytes(32)) },
      say: () => undefined,
      moved: () => undefined,
      ended: (reason) => ended.push(reason),
    },
    { manifest, expected: { ...expected, floors: { ...expected.floors, least: 50 } }, entropy },
  )
  expect(ended).toEqual(['below-floor'])
  expect(entropy.every((byte) => byte === 0)).toBe(true)
})
