import { TaskId } from '@tributary/protocols'
import type { Assignment, Personalization } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import { loadTaskWork } from '../participation/load-task-work.ts'
import { anAssignment, aWorld, task } from '../participation/participant.builders.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { Trainer, TrainingJob } from '../training/trainer.ts'
import { TributaryError } from '../tributary-error.ts'
import { createPersonalTraining } from './personal-training.ts'

await loadTaskWork()

const HEAD: Personalization = { kind: 'local-layers', layers: ['b'] }
const DITTO: Personalization = { kind: 'ditto', lambda: 0.5, epochs: 3 }

const asked = (personalization: Personalization): Assignment => ({ ...anAssignment(), personalization })

/** Adds what it is told to every parameter, and writes down what it was asked. */
const aTrainer = ({ by = 1, examples = 5, corrected = true } = {}) => {
  const jobs: TrainingJob[] = []
  const trainer: Trainer = {
    async train(job) {
      jobs.push(job)
      job.onProgress({ fraction: 0.5 })
      return { weights: job.weights.map((weight) => weight + by), examples, metrics: {}, corrected }
    },
  }
  return { trainer, jobs }
}

const aJob = (
  model: { assignment: Assignment; weights: Float32Array },
  signal = new AbortController().signal,
): TrainingJob & { told: number[] } => {
  const told: number[] = []
  const { plan } = model.assignment
  return { ...model, plan, seed: 7, signal, onProgress: ({ fraction }) => told.push(fraction), told }
}

const begun = async (
  personalization: Personalization,
  given: { store?: RecordStore; weights?: number[] } & Parameters<typeof aTrainer>[0] = {},
) => {
  const { store = memoryRecordStore(), weights = [1, 2, 3, 4], ...trainer } = given
  const personal = createPersonalTraining({ store })
  const whole = { assignment: asked(personalization), weights: Float32Array.from(weights) }
  const inner = aTrainer(trainer)
  const round = await personal.round({ task, model: whole, trainer: inner.trainer })
  return { store, personal, whole, inner, round }
}

describe('[T14] layers of a client’s own', () => {
  test('begin as the shared model has them, and go on from where this client’s last training left them', async () => {
    const first = await begun(HEAD)
    expect(first.round.model.weights).toEqual(Float32Array.of(1, 2, 3))
    expect(first.round.model.assignment.personalization).toBeUndefined()
    const result = await first.round.trainer.train(aJob(first.round.model))
    expect(result.weights).toEqual(Float32Array.of(2, 3, 4))
    const [job] = first.inner.jobs
    expect(job?.assignment).toEqual(first.whole.assignment)
    expect([...(job?.weights ?? [])]).toEqual([1, 2, 3, 4])

    const later = await begun(HEAD, { store: first.store, weights: [10, 20, 30, 40] })
    await later.round.trainer.train(aJob(later.round.model))
    expect([...(later.inner.jobs[0]?.weights ?? [])]).toEqual([10, 20, 30, 5])
    expect((await later.personal.own(task, later.whole)).weights).toEqual(Float32Array.of(10, 20, 30, 6))
  })

  test('are none before this client has trained, of another task of that name, or once they are erased', async () => {
    const { store, personal, whole, round } = await begun(HEAD)
    expect(await personal.own(task, whole)).toBe(whole)
    await round.trainer.train(aJob(round.model))
    const other = { ...whole, assignment: { ...whole.assignment, ...anAssignment({ epochs: 9 }) } }
    expect(await personal.own(task, other)).toBe(other)
    expect(await personal.own(TaskId.parse('other'), whole)).toBe(whole)
    await personal.erase(task)
    expect(await store.load(task)).toBeUndefined()
    expect(await personal.own(task, whole)).toBe(whole)
  })

  test('that are damaged in the store are lost, and begin anew', async () => {
    const { store, personal, whole, round } = await begun(HEAD)
    await round.trainer.train(aJob(round.model))
    await store.save(task, Uint8Array.of(1, 2, 3))
    expect(await personal.own(task, whole)).toBe(whole)
  })

  test('are as they were after a training that was stopped, or had nothing to learn from', async () => {
    const stopping = new AbortController()
    const { store, round } = await begun(HEAD)
    stopping.abort()
    await round.trainer.train(aJob(round.model, stopping.signal))
    const idle = await begun(HEAD, { store, examples: 0 })
    await idle.round.trainer.train(aJob(idle.round.model))
    expect(await store.load(task)).toBeUndefined()
  })

  test('that come out as no number are not kept, and nothing is sent', async () => {
    const { store, round } = await begun(HEAD, { by: Number.NaN })
    await expect(round.trainer.train(aJob(round.model))).rejects.toThrow(/own layers is not a finite number/)
    expect(await store.load(task)).toBeUndefined()
  })
})

describe('[T16] a model of a client’s own beside the shared one', () => {
  test('is pulled to the weights received by λ, from wherever it begins', async () => {
    const { store, round } = await begun(DITTO)
    const job = aJob(round.model)
    const shared = await round.trainer.train(job)
    expect(shared.weights).toEqual(Float32Array.of(2, 3, 4, 5))
    expect(job.told).toEqual([0.125, 0.625])

    const { personal, whole, round: next, inner } = await begun(DITTO, { store, weights: [0, 0, 0, 0] })
    await next.trainer.train(aJob(next.model))
    const [, own] = inner.jobs
    expect([...(own?.weights ?? [])]).toEqual([2, 3, 4, 5])
    // λ(v₀ − w); the plan's own term is λ(v − v₀).
    expect([...(own?.correction ?? [])]).toEqual([1, 1.5, 2, 2.5])
    expect(own?.plan).toEqual({ ...whole.assignment.plan, epochs: 3, proximal: 0.5 })
    expect(own?.seed).not.toBe(7)
    expect((await personal.own(task, whole)).weights).toEqual(Float32Array.of(3, 4, 5, 6))
  })

  test('needs a trainer that corrects gradients, and says so', async () => {
    const { store, round } = await begun(DITTO, { corrected: false })
    const failing = round.trainer.train(aJob(round.model))
    await expect(failing).rejects.toThrow(TributaryError)
    await expect(failing).rejects.toMatchObject({ code: 'trainer-incomplete' })
    expect(await store.load(task)).toBeUndefined()
  })

  test('is not trained where there is nothing to train on, or the round is over', async () => {
    const { inner, round } = await begun(DITTO, { examples: 0 })
    await round.trainer.train(aJob(round.model))
    expect(inner.jobs).toHaveLength(1)
  })
})

describe('[T15] what a client sends of a personalised task', () => {
  const sent = async (personalization: Personalization, personal = createPersonalTraining()) => {
    const world = await aWorld({
      assignment: asked(personalization),
      personal,
      trainer: aTrainer().trainer,
    }).joined()
    world.invite(1)
    await world.until('submitted', () => world.noticed('submitted').length === 1)
    await world.end()
    return world
  }

  test('is the tensors that travel, and no value of its own', async () => {
    const [head] = (await sent(HEAD)).received
    expect(head).toMatchObject({ tensors: ['w'], delta: [1, 1, 1] })
    const [ditto] = (await sent(DITTO)).received
    expect(ditto).toMatchObject({ tensors: ['w', 'b'], delta: [1, 1, 1, 1] })
    const { envelope: short } = head?.upload ?? {}
    const { envelope: whole } = ditto?.upload ?? {}
    expect(short?.length).toBeLessThan(whole?.length ?? 0)
  })

  test('is nothing where the app has not brought what it takes: the round fails, and says what to do', async () => {
    const world = await aWorld({ assignment: asked(HEAD) }).joined()
    world.invite(1)
    await world.until('failed', () => world.noticed('failed').length === 1)
    expect(world.noticed('failed')).toEqual([
      expect.objectContaining({
        reason: 'training-error',
        detail: expect.stringMatching(/Give the client `personal`/),
      }),
    ])
    expect(world.received).toEqual([])
    await world.end()
  })
})
