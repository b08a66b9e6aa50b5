import { describe, expect, test, vi } from 'vitest'
import { memoryKeyStore } from './adapters/memory-key-store.ts'
import { FederatedClient } from './client.ts'
import type { FederatedEvents } from './client-events.ts'
import type { ClientOptions } from './client-options.ts'
import { aWorld, round, shiftTrainer, task } from './participation/participant.builders.ts'
import type { Evaluator, Predictor, Trainer } from './training/trainer.ts'

const aClient = <T extends Trainer = Trainer>(
  options: Partial<ClientOptions<T>> & { trainer: T },
  world = aWorld(),
) => {
  let alive = 0
  const client = new FederatedClient<T>({
    coordinator: 'https://learn.example.org',
    task,
    keys: memoryKeyStore(world.identity.exportSeed()),
    ...options,
    surroundings: {
      ...world.surroundings,
      stayAlive() {
        alive++
        return () => alive--
      },
    },
  })
  const events: { [Name in keyof FederatedEvents]: FederatedEvents[Name][] } = {
    state: [],
    challenged: [],
    trained: [],
    invited: [],
    progress: [],
    submitted: [],
    'round-ended': [],
    failed: [],
    evidence: [],
    model: [],
    error: [],
  }
  client.on('state', (event) => events.state.push(event))
  client.on('challenged', (event) => events.challenged.push(event))
  client.on('trained', (event) => events.trained.push(event))
  client.on('invited', (event) => events.invited.push(event))
  client.on('progress', (event) => events.progress.push(event))
  client.on('submitted', (event) => events.submitted.push(event))
  client.on('round-ended', (event) => events['round-ended'].push(event))
  client.on('failed', (event) => events.failed.push(event))
  client.on('evidence', (event) => events.evidence.push(event))
  client.on('model', (event) => events.model.push(event))
  client.on('error', (event) => events.error.push(event))
  return {
    client,
    world,
    events,
    alive: () => alive,
    async joined() {
      const joining = client.join()
      await world.until('welcomed', () => client.state.is === 'waiting')
      await joining
      return this
    },
    async ended() {
      await client.leave()
      await world.until('no timer left', () => world.clock.pending() === 0)
      expect(alive).toBe(0)
    },
  }
}

describe('taking part', () => {
  test('a round, as the app hears of it', async () => {
    const { client, world, events, ended } = await aClient({ trainer: shiftTrainer }).joined()
    world.invite(1)
    await world.until('submitted', () => events.submitted.length === 1)
    world.say({ type: 'round-ended', round: round(1), outcome: { kind: 'abandoned', reason: 'operator' } })
    await world.until('ended', () => events['round-ended'].length === 1)
    expect(events).toMatchObject({
      invited: [{ round: round(1), task, version: 1, deadlineInMs: 60_000 }],
      progress: [{ round: round(1), fraction: 1, loss: 0.25 }],
      submitted: [{ round: round(1) }],
      'round-ended': [{ round: round(1), outcome: { kind: 'abandoned', reason: 'operator' } }],
      failed: [],
      error: [],
    })
    expect(events.state.map(({ is }) => is)).toEqual([
      'connecting',
      'waiting',
      'invited',
      'fetching',
      'training',
      'submitting',
      'waiting',
    ])
    expect(client.model?.version).toBe(1)
    await ended()
    expect(client.state).toEqual({ is: 'idle' })
  })

  test('an invitation as apps see it holds no session token', async () => {
    const seen: unknown[] = []
    const { world, events, ended } = await aClient({
      trainer: shiftTrainer,
      onInvitation: (invitation) => {
        seen.push(invitation)
        return 'busy'
      },
    }).joined()
    world.invite(1)
    await world.until('declined', () => world.said('decline').length === 1)
    expect(world.said('decline')).toEqual([{ type: 'decline', round: round(1), reason: 'busy' }])
    expect(JSON.stringify([seen, events.invited])).not.toContain('session')
    await ended()
  })

  test('what the app decides later counts, unless the round is over by then', async () => {
    let answer = (_: 'accept') => {}
    let signal: AbortSignal | undefined
    const { world, ended } = await aClient({
      trainer: shiftTrainer,
      onInvitation: (_, aborts) => {
        signal = aborts
        return new Promise((resolve) => {
          answer = resolve
        })
      },
    }).joined()
    world.invite(1)
    await world.until('asked', () => signal !== undefined)
    world.say({ type: 'round-ended', round: round(1), outcome: { kind: 'closed' } })
    await world.until('over', () => signal?.aborted === true)
    answer('accept')
    await world.until('at rest', () => world.said('check-in').length === 2)
    expect(world.said('accept')).toEqual([])
    await ended()
  })

  test('joining again after leaving keeps identity and model', async () => {
    const { client, world, joined, ended } = await aClient({ trainer: shiftTrainer }).joined()
    world.publish(3)
    await world.until('held', () => client.model?.version === 3)
    await client.leave()
    await joined()
    expect(client.model?.version).toBe(3)
    world.publish(3)
    world.invite(4)
    await world.until('submitted', () => world.received.length === 1)
    await ended()
  })
})

describe('joining', () => {
  test('waits for the welcome, also over lines that break', async () => {
    const world = aWorld()
    const { client, ended } = aClient({ trainer: shiftTrainer }, world)
    world.cutLine({ reachableAgain: false })
    let welcomed = false
    const joining = client.join().then(() => {
      welcomed = true
    })
    await world.until('tried for a while', () => world.clock.now() > 1_005_000)
    expect(welcomed).toBe(false)
    world.heal()
    await world.until('welcomed', () => welcomed)
    await joining
    await ended()
  })

  test.each([
    ['unknown-client', 'not-enrolled', 'enrol(token)'],
    ['revoked-client', 'revoked', 'operator'],
    ['replaced', 'replaced', 'one client an identity'],
    ['bad-signature', 'bad-signature', 'key store'],
    ['unknown-task', 'unknown-task', 'task’s id'],
    ['unsupported-protocol', 'unsupported-protocol', 'Update'],
  ] as const)('refused as %s it stops with an error that says what to do', async (reason, code, remedy) => {
    const { client, world, events, alive, ended } = aClient({ trainer: shiftTrainer })
    world.refuseAll(reason)
    const joining = client.join()
    await world.until('stopped', () => client.state.is === 'stopped')
    const expected = { name: 'TributaryError', code, remedy: expect.stringContaining(remedy) }
    await expect(joining).rejects.toMatchObject(expected)
    expect(events.error).toMatchObject([expected])
    expect(alive()).toBe(0)
    await ended()
  })

  test('once enrolled, a client that was turned away joins', async () => {
    const { client, world, joined, ended } = aClient({ trainer: shiftTrainer })
    world.refuseAll('unknown-client')
    void client.join()
    await world.until('stopped', () => client.state.is === 'stopped')
    world.refuseAll(undefined)
    await joined()
    await ended()
  })

  test('twice is a mistake', async () => {
    const { client, ended } = await aClient({ trainer: shiftTrainer }).joined()
    await expect(client.join()).rejects.toMatchObject({ code: 'already-joined' })
    await ended()
  })

  test('left before the welcome it rejects', async () => {
    const { client, ended } = aClient({ trainer: shiftTrainer })
    const joining = client.join()
    await client.leave()
    await expect(joining).rejects.toMatchObject({ code: 'left' })
    await ended()
  })

  test('its signal leaves, and says why to whoever still waits', async () => {
    const { client, world, ended } = aClient({ trainer: shiftTrainer })
    const aborting = new AbortController()
    const reason = new Error('the page is closing')
    const joining = client.join({ signal: aborting.signal })
    aborting.abort(reason)
    await expect(joining).rejects.toBe(reason)
    await world.until('idle', () => client.state.is === 'idle')
    await ended()
    await expect(client.join({ signal: aborting.signal })).rejects.toBe(reason)
  })

  test('its signal leaves also long after', async () => {
    const aborting = new AbortController()
    const { client, world, ended } = aClient({ trainer: shiftTrainer })
    void client.join({ signal: aborting.signal })
    await world.until('welcomed', () => client.state.is === 'waiting')
    aborting.abort()
    expect(client.state).toEqual({ is: 'idle' })
    await world.until('said', () => world.said('leave').length === 1)
    await ended()
  })

  test('with a key store that fails rejects, and can be tried again', async () => {
    const world = aWorld()
    const good = memoryKeyStore(world.identity.exportSeed())
    const load = vi.fn(good.load).mockRejectedValueOnce(new Error('locked'))
    const { client, joined, ended, alive } = aClient(
      { trainer: shiftTrainer, keys: { ...good, load } },
      world,
    )
    await expect(client.join()).rejects.toThrow('locked')
    expect(alive()).toBe(0)
    await joined()
    await ended()
  })

  test('nobody has to wait for it: its failure is no unhandled rejection', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown) => unhandled.push(error)
    process.on('unhandledRejection', note)
    const { client, world, ended } = aClient({ trainer: shiftTrainer })
    world.refuseAll('unknown-client')
    void client.join()
    await world.until('stopped', () => client.state.is === 'stopped')
    await new Promise((turn) => setImmediate(turn))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
    await ended()
  })
})

describe('the model', () => {
  const able: Trainer & Evaluator & Predictor<number, number> = {
    ...shiftTrainer,
    predict: async ({ weights }, input) => (weights[0] ?? 0) * input,
    evaluate: async ({ weights }) => ({ examples: 2, metrics: { first: weights[0] ?? 0 } }),
  }

  test('predicts and is judged once there is one', async () => {
    const { client, world, ended } = await aClient({ trainer: able }).joined()
    await expect(client.predict(2)).rejects.toMatchObject({ code: 'no-model' })
    await expect(client.evaluate()).rejects.toMatchObject({ code: 'no-model' })
    world.publish(5)
    await world.until('held', () => client.model !== undefined)
    expect(await client.predict(2)).toBe(10)
    expect(await client.evaluate()).toEqual({ examples: 2, metrics: { first: 5 } })
    await ended()
  })

  test('of a trainer that can neither says so', async () => {
    const { client, world, ended } = await aClient<Trainer>({ trainer: shiftTrainer }).joined()
    world.publish(5)
    await world.until('held', () => client.model !== undefined)
    await expect(client.predict(1 as never)).rejects.toMatchObject({ code: 'cannot-predict' })
    await expect(client.evaluate()).rejects.toMatchObject({ code: 'cannot-evaluate' })
    await ended()
  })
})

describe('the app’s own mistakes', () => {
  test('a listener that throws is an error event and nothing worse', async () => {
    const { client, world, events, joined, ended } = aClient({ trainer: shiftTrainer })
    client.on('state', () => {
      throw new Error('no such element')
    })
    await joined()
    expect(events.error[0]).toMatchObject({
      code: 'listener-failed',
      message: expect.stringContaining('no such element'),
    })
    world.invite(1)
    await world.until('submitted', () => events.submitted.length === 1)
    await ended()
  })

  test('a listener may leave', async () => {
    const { client, world, joined, ended } = aClient({ trainer: shiftTrainer })
    client.on('invited', () => void client.leave())
    await joined()
    world.invite(1)
    await world.until('idle', () => client.state.is === 'idle')
    expect(world.received).toEqual([])
    await ended()
  })

  test.each([
    [{ coordinator: 'learn.example.org' }, 'learn.example.org'],
    [{ coordinator: 'ftp://learn.example.org' }, 'http or https'],
    [{ task: 'Not A Task' }, 'not a task’s id'],
  ])('options that cannot be are refused at once: %j', (wrong, words) => {
    const options = { coordinator: 'https://learn.example.org', task: 'digits', trainer: shiftTrainer }
    expect(() => new FederatedClient({ ...options, ...wrong })).toThrow(
      expect.objectContaining({ code: 'bad-options', message: expect.stringContaining(words) }),
    )
  })
})

test('an identity is made once, however many ask for it at once', async () => {
  const keys = memoryKeyStore()
  const client = new FederatedClient({
    coordinator: 'https://learn.example.org',
    task: 'digits',
    trainer: shiftTrainer,
    keys,
  })
  const ids = await Promise.all([client.id(), client.id(), client.id()])
  expect(new Set(ids).size).toBe(1)
  const again = new FederatedClient({
    coordinator: 'https://learn.example.org',
    task: 'letters',
    trainer: shiftTrainer,
    keys,
  })
  expect(await again.id()).toBe(ids[0])
})
