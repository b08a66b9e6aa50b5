import { describe, expect, test } from 'vitest'
import type { UploadAnswer } from '../ports/bulk.ts'
import type { Trainer, TrainingJob } from '../training/trainer.ts'
import { outOfTime } from '../worker/limits.ts'
import { anAssignment, aWorld, round, task } from './participant.builders.ts'

/** A trainer that trains until it is told to finish, or aborted. */
const aPatientTrainer = () => {
  const jobs: (TrainingJob & { finish: (examples?: number) => void; ended: boolean })[] = []
  const trainer: Trainer = {
    train: (job) =>
      new Promise((resolve, reject) => {
        const entry = {
          ...job,
          ended: false,
          finish(examples = 5) {
            entry.ended = true
            resolve({ weights: job.weights.map((weight) => weight + 1), examples, metrics: {} })
          },
        }
        job.signal.addEventListener('abort', () => {
          entry.ended = true
          reject(job.signal.reason)
        })
        jobs.push(entry)
      }),
  }
  return { trainer, jobs }
}

describe('a round', () => {
  test('from invitation to receipt: the coordinator opens exactly trained minus received', async () => {
    const world = await aWorld().joined()
    world.invite(1)
    await world.until('checked in again', () => world.said('check-in').length === 2)
    expect(world.received).toMatchObject([
      { delta: [1, 1, 1, 1], upload: { submission: { claims: { examples: 5, metrics: { loss: 0.25 } } } } },
    ])
    expect(world.heard.map(({ type }) => type)).toEqual(['authenticate', 'check-in', 'accept', 'check-in'])
    expect(world.statuses).toEqual([
      'connecting',
      'waiting',
      'invited',
      'fetching',
      'training',
      'submitting',
      'waiting',
    ])
    await world.end()
  })

  test('a model that is published and trained from at once is downloaded once', async () => {
    const world = await aWorld().joined()
    const downloads: string[] = []
    const { download } = world.way
    const slow = Promise.withResolvers<void>()
    world.way.download = async (ref, ...asked) => {
      downloads.push(ref.digest)
      await slow.promise
      return download(ref, ...asked)
    }
    world.publish(1)
    world.invite(1)
    await world.until('fetching for the round as well', () => world.status() === 'fetching')
    slow.resolve()
    await world.until('submitted', () => world.noticed('submitted').length === 1)
    expect(world.noticed('model')).toHaveLength(1)
    expect(downloads).toEqual([...new Set(downloads)])
    expect(downloads).toHaveLength(2)
    await world.end()
  })

  test('the delta is clipped to the plan’s norm, and never a hair above it', async () => {
    const world = await aWorld({ assignment: anAssignment({ clipNorm: 0.7 }) }).joined()
    world.invite(1)
    await world.until('submitted', () => world.noticed('submitted').length === 1)
    const [{ delta } = { delta: [] }] = world.received
    expect(Math.hypot(...delta)).toBeLessThanOrEqual(0.7)
    expect(Math.hypot(...delta)).toBeCloseTo(0.7, 5)
    await world.end()
  })

  test.each([
    ['examples', { weights: new Float32Array(4), examples: 0, metrics: {} }, 'no-examples'],
    [
      'finite numbers',
      { weights: new Float32Array(4).fill(Number.NaN), examples: 1, metrics: {} },
      'diverged',
    ],
    ['all parameters', { weights: new Float32Array(3), examples: 1, metrics: {} }, 'training-error'],
    ['a countable claim', { weights: new Float32Array(4), examples: 1.5, metrics: {} }, 'training-error'],
  ])('a result without %s fails the round', async (_, result, reason) => {
    const world = await aWorld({ trainer: { train: async () => result } }).joined()
    world.invite(1)
    await world.until('failed', () => world.said('failed').length === 1)
    expect(world.said('failed')).toEqual([{ type: 'failed', round: round(1), reason }])
    expect(world.received).toEqual([])
    await world.end()
  })

  test('a trainer that throws fails the round and nothing else', async () => {
    const error = new Error('no such sensor')
    const world = await aWorld({
      trainer: {
        train: async () => {
          throw error
        },
      },
    }).joined()
    world.invite(1)
    await world.until('failed', () => world.said('failed').length === 1)
    expect(world.noticed('fault')).toEqual([{ type: 'fault', during: 'train', error }])
    expect(world.status()).toBe('waiting')
    await world.end()
  })

  test('[C7] a training that takes more than the device is to give fails the round as such', async () => {
    const error = outOfTime(5)
    const world = await aWorld({ trainer: { train: () => Promise.reject(error) } }).joined()
    world.invite(1)
    await world.until('failed', () => world.said('failed').length === 1)
    expect(world.said('failed')).toEqual([{ type: 'failed', round: round(1), reason: 'device-limit' }])
    expect(world.noticed('fault')).toEqual([{ type: 'fault', during: 'train', error }])
    await world.end()
  })

  test('a metric that is not finite is left out of the claims', async () => {
    const world = await aWorld({
      trainer: {
        train: async ({ weights }) => ({
          weights: weights.slice(),
          examples: 1,
          metrics: { loss: Number.NaN, accuracy: 0.5 },
        }),
      },
    }).joined()
    world.invite(1)
    await world.until('submitted', () => world.received.length === 1)
    expect(world.received[0]?.upload.submission.claims).toMatchObject({ metrics: { accuracy: 0.5 } })
    await world.end()
  })

  test('an app whose decision fails has declined', async () => {
    const world = await aWorld({
      decide: () => {
        throw new Error('no dialog')
      },
    }).joined()
    world.invite(1)
    await world.until('declined', () => world.said('decline').length === 1)
    expect(world.noticed('fault')).toMatchObject([{ during: 'ask' }])
    await world.end()
  })

  test('its end aborts the training, and the next one waits until that is over', async () => {
    const { trainer, jobs } = aPatientTrainer()
    const world = await aWorld({ trainer }).joined()
    world.invite(1)
    await world.until('training', () => jobs.length === 1)
    world.say({ type: 'round-ended', round: round(1), outcome: { kind: 'abandoned', reason: 'operator' } })
    world.invite(2)
    await world.until('training again', () => jobs.length === 2)
    expect(jobs.map(({ ended }) => ended)).toEqual([true, false])
    jobs[1]?.finish()
    await world.until('submitted', () => world.received.length === 1)
    expect(world.received.map(({ upload }) => upload.round)).toEqual([round(2)])
    await world.end()
  })

  test('leaving aborts the training and leaves no timer, no line and no promise', async () => {
    const { trainer, jobs } = aPatientTrainer()
    const world = await aWorld({ trainer }).joined()
    world.invite(1)
    await world.until('training', () => jobs.length === 1)
    await world.end()
    expect(jobs[0]?.ended).toBe(true)
    expect(world.status()).toBe('idle')
    expect(world.heard.slice(-2)).toEqual([
      { type: 'failed', round: round(1), reason: 'aborted' },
      { type: 'leave', task },
    ])
  })
})

describe('a bad network', () => {
  test('training goes on while the line is down, and the update arrives without it', async () => {
    const { trainer, jobs } = aPatientTrainer()
    const world = await aWorld({ trainer }).joined()
    world.invite(1)
    await world.until('training', () => jobs.length === 1)
    world.cutLine({ reachableAgain: false })
    await world.until('the line is lost', () => {
      const state = world.participant.state()
      return state.phase === 'joined' && state.line.is === 'down' && state.line.attempt > 1
    })
    jobs[0]?.finish()
    await world.until('received', () => world.received.length === 1)
    world.heal()
    await world.until('back', () => world.status() === 'waiting')
    expect(jobs).toHaveLength(1)
    await world.end()
  })

  test('a client whose date is set back by a day while nobody answers is back as soon as one whose date stands', async () => {
    const world = await aWorld().joined()
    const isDown = () => {
      const state = world.participant.state()
      return state.phase === 'joined' && state.line.is === 'down' && state.line.attempt > 2
    }
    world.cutLine({ reachableAgain: false })
    await world.until('the line is lost', isDown)
    world.setDateBack(86_400_000)
    const setAt = world.clock.now()
    await world.until('it has tried once more', () => world.clock.now() > setAt)
    world.heal()
    await world.until('back', () => world.status() === 'waiting')
    world.invite(1)
    await world.until('received', () => world.received.length === 1)
    expect(world.clock.now() - setAt).toBeLessThan(600_000)
    await world.end()
  })

  test('an upload is repeated until it is acknowledged, byte for byte the same', async () => {
    const world = await aWorld().joined()
    const attempts: Uint8Array[] = []
    const answers: UploadAnswer[] = [
      { kind: 'interrupted' },
      { kind: 'unauthenticated' },
      { kind: 'interrupted', afterMs: 500 },
    ]
    world.way.upload = async (upload) => {
      attempts.push(upload.envelope)
      return answers.shift() ?? world.receive(upload)
    }
    world.invite(1)
    await world.until('submitted', () => world.noticed('submitted').length === 1)
    expect(attempts).toHaveLength(4)
    expect(new Set(attempts).size).toBe(1)
    await world.end()
  })

  test('an update whose acknowledgement was lost is sent again and acknowledged once', async () => {
    const world = await aWorld().joined()
    let lost = 0
    world.way.upload = async (upload) => {
      const answer = world.receive(upload)
      return lost++ === 0 ? { kind: 'interrupted' } : answer
    }
    world.invite(1)
    await world.until('submitted', () => world.noticed('submitted').length === 1)
    expect(world.received.map(({ upload }) => upload.submission)).toEqual([
      world.received[0]?.upload.submission,
      world.received[0]?.upload.submission,
    ])
    world.invite(1)
    await world.until('asked again', () => world.clock.nextAt() === undefined)
    expect(world.received).toHaveLength(2)
    await world.end()
  })

  test('a session that is not accepted is renewed on a new line', async () => {
    const world = await aWorld().joined()
    const tokens: string[] = []
    world.way.upload = async (upload) => {
      tokens.push(upload.session.token)
      return tokens.length === 1 ? { kind: 'unauthenticated' } : world.receive(upload)
    }
    world.invite(1)
    await world.until('submitted', () => world.noticed('submitted').length === 1)
    expect(tokens).toEqual(['session-number-1', `session-number-${world.sessionsGiven()}`])
    expect(tokens[0]).not.toBe(tokens[1])
    await world.end()
  })

  test('an upload after the end of the round is given up', async () => {
    const world = await aWorld().joined()
    world.way.upload = async () => ({ kind: 'round-over' })
    world.invite(1)
    await world.until('told', () => world.noticed('round-ended').length === 1)
    expect(world.status()).toBe('waiting')
    await world.end()
  })

  test('a bulk port that throws is one more interruption', async () => {
    const world = await aWorld().joined()
    let thrown = 0
    world.way.download = async (ref) => {
      if (thrown++ < 2) throw new Error('socket hang up')
      const bytes = world.blobs.get(ref.digest)
      return bytes ? { kind: 'received', bytes } : { kind: 'refused', detail: 'gone' }
    }
    world.invite(1)
    await world.until('submitted', () => world.received.length === 1)
    expect(world.noticed('fault')).toHaveLength(2)
    await world.end()
  })
})

describe('the newest model', () => {
  test('is fetched when published, and is not exchanged for an older one', async () => {
    const world = await aWorld().joined()
    world.publish(7)
    await world.until('held', () => world.participant.model()?.version === 7)
    world.publish(6)
    world.invite(3)
    await world.until('submitted', () => world.received.length === 1)
    expect(world.participant.model()?.weights[0]).toBe(7)
    expect(world.noticed('model')).toHaveLength(1)
    await world.end()
  })

  test('is downloaded once, and read from the cache after that', async () => {
    const world = await aWorld().joined()
    const { download } = world.way
    let downloads = 0
    world.way.download = async (...asked) => {
      downloads++
      return download(...asked)
    }
    world.invite(1)
    await world.until('submitted', () => world.received.length === 1)
    expect(downloads).toBe(2)
    world.invite(2, { version: 1 })
    await world.until('submitted', () => world.received.length === 2)
    expect(downloads).toBe(2)
    await world.end()
  })

  test('whose weights are of another shape is refused, and the round with it', async () => {
    const world = aWorld()
    const { digest } = world.modelOf(1)
    const bytes = world.blobs.get(digest)
    if (bytes) new DataView(bytes.buffer).setUint8(bytes.indexOf(0x77), 0x78)
    await world.joined()
    world.invite(1)
    await world.until('failed', () => world.said('failed').length === 1)
    expect(world.noticed('failed')).toMatchObject([
      { reason: 'download-error', detail: expect.stringContaining('tensor w is expected where x stands') },
    ])
    await world.end()
  })
})
