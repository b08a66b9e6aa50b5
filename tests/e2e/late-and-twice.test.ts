import { setTimeout as delay } from 'node:timers/promises'
import { encodeSafetensors } from '@tributary/protocols/tensors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { filesHolding } from '../fleet/folder-bytes.ts'
import { refusalOf } from '../fleet/operator.ts'
import { sealFor } from '../fleet/raw-client.ts'
import { beginRawRound, type RawMember, TENSORS } from '../fleet/raw-rounds.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'

let coordinator: TestCoordinator
beforeAll(async () => {
  coordinator = await startCoordinator()
})
afterAll(() => coordinator[Symbol.asyncDispose]())

const roundOver = { status: 409, word: 'round-over' }

describe('[R11] an update that comes too late is told that the round is over', () => {
  test('because others were enough', async () => {
    await using round = await beginRawRound(coordinator, { clients: 3, target: 2 })
    const [late, ...others] = round.members as [RawMember, ...RawMember[]]
    await round.completes(others)
    expect(await late.next('round-ended')).toMatchObject({ round: round.id, outcome: { kind: 'closed' } })
    expect(refusalOf(await late.submit())).toMatchObject(roundOver)
  })

  test('because the deadline has passed', async () => {
    await using round = await beginRawRound(coordinator, { trainingSeconds: 0.5 })
    expect(await round.one.next('round-ended')).toMatchObject({
      outcome: { kind: 'abandoned', reason: 'no-quorum' },
    })
    expect(refusalOf(await round.one.submit())).toMatchObject(roundOver)
    expect(refusalOf(await round.one.submit())).toMatchObject(roundOver)
  })
})

describe('[U8] an update that comes more than once counts once, and is answered the same', () => {
  test('one after the other, while the round goes on and when it has ended', async () => {
    await using round = await beginRawRound(coordinator)
    const sealed = round.one.seal()
    const first = await round.one.submit(sealed)
    await delay(2) // so that a receipt that was made anew would bear another time
    const again = await round.one.submit(sealed)
    expect(again).toEqual(first)
    expect(first.status).toBe(200)
    expect(await round.one.submit(round.one.seal())).toEqual(first)
    await round.completes()
    expect(await round.one.submit(sealed)).toEqual(first)
  })

  test('many at once', async () => {
    await using round = await beginRawRound(coordinator)
    const sealed = round.one.seal()
    const answers = await Promise.all(Array.from({ length: 8 }, () => round.one.submit(sealed)))
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(200)
    await round.completes()
  })

  test('many at once, each sealed anew: one of them is kept, and all are answered with its receipt', async () => {
    await using round = await beginRawRound(coordinator)
    const sealed = Array.from({ length: 8 }, () => round.one.seal())
    const answers = await Promise.all(sealed.map((one) => round.one.submit(one)))
    const receipts = new Set(answers.map(({ body }) => body))
    expect(answers.map(({ status }) => status)).toEqual(sealed.map(() => 200))
    expect(receipts.size).toBe(1)
    const kept = JSON.parse([...receipts].join())
    expect(sealed.map(({ submission }) => submission.envelope)).toContain(kept.envelope)
    for (const { envelope, submission } of sealed)
      if (submission.envelope === kept.envelope) expect(await holding(envelope)).not.toEqual([])
    await round.completes()
    for (const { envelope } of sealed) expect(await holding(envelope)).toEqual([])
  })

  test('many at once, of which one ends the training: the round has it, and all are answered with its receipt', async () => {
    await using round = await beginRawRound(coordinator)
    await round.other.submit()
    const sealed = round.one.seal()
    const answers = await Promise.all(Array.from({ length: 8 }, () => round.one.submit(sealed)))
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(200)
    await round.completes()
    expect(await holding(sealed.envelope)).toEqual([])
  })

  test('sealed anew with other claims: what was acknowledged first stands', async () => {
    await using round = await beginRawRound(coordinator)
    const first = await round.one.submit()
    const file = encodeSafetensors({ tensors: TENSORS, values: round.one.delta })
    const bolder = sealFor(round.one, round.one.invitation, file, { examples: 1_000 })
    expect(await round.one.submit(bolder)).toEqual(first)
    const { members } = await coordinator.operator.round(round.id)
    expect(members.find(({ client }) => client === round.one.id)).toMatchObject({ examples: 10 })
    await round.completes()
  })
})

/** The files in which an envelope lies. */
const holding = (envelope: Uint8Array) => filesHolding(coordinator.folder, envelope.subarray(60, 110))
