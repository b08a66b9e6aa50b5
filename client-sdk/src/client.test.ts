import { describe, expect, test, vi } from 'vitest'
import { memoryKeyStore } from './adapters/memory-key-store.ts'
import type { Gate, Shut } from './attendance/gate.ts'
import { FederatedClient } from './client.ts'
import type { FederatedEvents } from './client-events.ts'
import type { ClientOptions, TaskOptions } from './client-options.ts'
import { loadProtection } from './participation/load-protection.ts'
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
    consent: 'granted',
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
      let welcomed = false
      const joining = client.join().then(() => {
        welcomed = true
      })
      await world.until('welcomed', () => welcomed)
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

  test('says once that nobody answers, and goes on trying', async () => {
    const world = aWorld()
    const { client, events, ended } = aClient({ trainer: shiftTrainer }, world)
    world.cutLine({ reachableAgain: false })
    let welcomed = false
    void client.join().then(() => {
      welcomed = true
    })
    await world.until('tried for a while', () => world.clock.now() > 1_005_000)
    const expected = { code: 'unreachable', message: expect.stringContaining('https://learn.example.org') }
    expect(events.error).toMatchObject([expected])
    world.heal()
    await world.until('welcomed', () => welcomed)
    world.cutLine()
    await world.until('has lost it', () => client.state.is === 'connecting')
    await world.until('is on the line again', () => client.state.is === 'waiting')
    expect(events.error).toHaveLength(1)
    await ended()
  })

  test('[S3] a task that is not there is no welcome', async () => {
    const { client, world, events, alive, ended } = aClient({ trainer: shiftTrainer })
    world.loseTask()
    const joining = client.join()
    await world.until('stopped', () => client.state.is === 'stopped')
    await expect(joining).rejects.toMatchObject({ code: 'unknown-task' })
    expect(events.error).toMatchObject([{ code: 'unknown-task' }])
    expect(alive()).toBe(0)
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

/** A gate that the test opens and shuts. */
const aGate = (shut?: Shut): Gate & { say(shut: Shut | undefined): void; watched(): number } => {
  const listeners = new Set<(shut: Shut | undefined) => void>()
  return {
    watch(told) {
      listeners.add(told)
      told(shut)
      return () => void listeners.delete(told)
    },
    say(next) {
      shut = next
      for (const told of [...listeners]) told(next)
    },
    watched: () => listeners.size,
  }
}

describe('consent', () => {
  test('is asked for before anything: nothing is made, sent or opened without it', async () => {
    const world = aWorld()
    const keep = vi.fn(async (seed: Uint8Array) => seed)
    const fetch = vi.fn()
    const connect = vi.fn(world.surroundings.connect)
    const client = new FederatedClient({
      coordinator: 'https://learn.example.org',
      task,
      trainer: shiftTrainer,
      keys: { load: async () => undefined, keep, erase: async () => {} },
      surroundings: { ...world.surroundings, fetch, connect },
    })
    await expect(client.join()).rejects.toMatchObject({ code: 'no-consent' })
    await expect(client.enrol(`tre_${'0'.repeat(24)}_${'A'.repeat(43)}`)).rejects.toMatchObject({
      code: 'no-consent',
    })
    expect(client.state).toEqual({ is: 'idle' })
    for (const touched of [keep, fetch, connect]) expect(touched).not.toHaveBeenCalled()
    await client.consent.grant()
    const joining = client.join()
    await world.until('on the line', () => connect.mock.calls.length === 1)
    await client.leave()
    await expect(joining).rejects.toMatchObject({ code: 'left' })
  })

  test('declined in the middle of a round ends it, and the update never comes', async () => {
    let trained: AbortSignal | undefined
    const trainer: Trainer = {
      train: ({ signal }) => {
        trained = signal
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
    }
    const { client, world, ended } = await aClient({ trainer }).joined()
    world.invite(1)
    await world.until('training', () => trained !== undefined)
    await client.consent.decline()
    expect(trained?.aborted).toBe(true)
    expect(client.state).toMatchObject({ is: 'held', by: [{ by: 'consent' }] })
    await world.until('said', () => world.said('failed').length === 1)
    expect(world.said('failed')).toEqual([{ type: 'failed', round: round(1), reason: 'aborted' }])
    await client.consent.grant()
    await world.until('there again', () => client.state.is === 'waiting')
    expect(world.received).toEqual([])
    await ended()
  })
})

describe('gates', () => {
  const shut: Shut = { by: 'conditions', detail: 'on battery' }

  test('hold a join that is asked for, which says so and goes on when they open', async () => {
    const gate = aGate(shut)
    const { client, world, events, ended, alive } = aClient({ trainer: shiftTrainer, gates: [gate] })
    let welcomed = false
    void client.join().then(() => {
      welcomed = true
    })
    await world.until('held', () => client.state.is === 'held')
    expect([client.state, welcomed, alive(), world.heard]).toEqual([{ is: 'held', by: [shut] }, false, 1, []])
    gate.say({ ...shut, detail: 'on battery, at night' })
    gate.say(undefined)
    await world.until('welcomed', () => welcomed)
    expect(events.state.map(({ is }) => is)).toEqual(['held', 'held', 'connecting', 'waiting'])
    await ended()
    expect(gate.watched()).toBe(0)
  })

  test('that shut take the client away, whose round is told that no update will come, and let it back', async () => {
    const gate = aGate()
    let begun = 0
    const trainer: Trainer = {
      train: (job) => {
        begun++
        if (begun > 1) return shiftTrainer.train(job)
        return new Promise((_, reject) =>
          job.signal.addEventListener('abort', () => reject(job.signal.reason)),
        )
      },
    }
    const { client, world, events, ended } = await aClient({ trainer, gates: [gate] }).joined()
    world.invite(1)
    await world.until('training', () => begun === 1)
    gate.say(shut)
    await world.until('held', () => client.state.is === 'held')
    gate.say(undefined)
    await world.until('there again', () => client.state.is === 'waiting')
    expect(world.said('failed')).toEqual([{ type: 'failed', round: round(1), reason: 'aborted' }])
    expect(world.said('leave')).toHaveLength(1)
    world.invite(2)
    await world.until('submitted', () => events.submitted.length === 1)
    expect(world.received.map(({ upload }) => upload.round)).toEqual([round(2)])
    await ended()
  })

  test('held, a client leaves at its signal, and is idle', async () => {
    const gate = aGate(shut)
    const { client, world, ended } = aClient({ trainer: shiftTrainer, gates: [gate] })
    const aborting = new AbortController()
    const joining = client.join({ signal: aborting.signal })
    await world.until('held', () => client.state.is === 'held')
    aborting.abort(new Error('never mind'))
    await expect(joining).rejects.toThrow('never mind')
    expect([client.state, gate.watched()]).toEqual([{ is: 'idle' }, 0])
    gate.say(undefined)
    expect(client.state).toEqual({ is: 'idle' })
    await ended()
  })
})

describe('signals', () => {
  test('keep no listener of a client that has come and gone, however often', async () => {
    const { client, world } = aClient({ trainer: shiftTrainer })
    const { signal } = new AbortController()
    let listening = 0
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
    vi.spyOn(signal, 'addEventListener').mockImplementation((...given: Parameters<typeof add>) => {
      listening++
      add(...given)
    })
    vi.spyOn(signal, 'removeEventListener').mockImplementation((...given: Parameters<typeof remove>) => {
      listening--
      remove(...given)
    })
    for (let time = 0; time < 50; time++) {
      let welcomed = false
      void client.join({ signal }).then(() => {
        welcomed = true
      })
      await world.until('welcomed', () => welcomed)
      await client.leave({ signal })
      await expect(client.predict(1 as never, { signal })).rejects.toBeDefined()
    }
    expect(listening).toBe(0)
  })

  test('end a prediction, a judgement and an enrolment before and during', async () => {
    const never = () => new Promise<never>(() => {})
    const world = aWorld()
    const { client, ended } = aClient(
      { trainer: { ...shiftTrainer, predict: never, evaluate: never }, surroundings: {} },
      world,
    )
    let welcomed = false
    void client.join().then(() => {
      welcomed = true
    })
    await world.until('welcomed', () => welcomed)
    world.publish(1)
    await world.until('held', () => client.model !== undefined)
    const token = `tre_${'0'.repeat(24)}_${'A'.repeat(43)}`
    for (const call of [
      (signal: AbortSignal) => client.predict(1 as never, { signal }),
      (signal: AbortSignal) => client.evaluate({ signal }),
      (signal: AbortSignal) => client.enrol(token, { signal }),
      (signal: AbortSignal) => client.join({ signal }),
    ]) {
      await expect(call(AbortSignal.abort(new Error('before')))).rejects.toThrow('before')
    }
    for (const call of [
      (signal: AbortSignal) => client.predict(1 as never, { signal }),
      (signal: AbortSignal) => client.evaluate({ signal }),
    ]) {
      const aborting = new AbortController()
      const calling = call(aborting.signal)
      await Promise.resolve()
      aborting.abort(new Error('during'))
      await expect(calling).rejects.toThrow('during')
    }
    await ended()
  })
})

describe('another task of the same client', () => {
  test('is refused where it is the same task, or none', () => {
    const { client } = aClient({ trainer: shiftTrainer })
    expect(() => client.another({ task, trainer: shiftTrainer })).toThrow(
      expect.objectContaining({ code: 'bad-options', message: expect.stringContaining('already') }),
    )
    expect(() => client.another({ task: 'No Task', trainer: shiftTrainer })).toThrow(
      expect.objectContaining({ code: 'bad-options' }),
    )
  })

  test('has the same identity and consent, and a state of its own', async () => {
    const { client, world, ended } = await aClient({ trainer: shiftTrainer }).joined()
    const other = client.another({ task: 'letters', trainer: shiftTrainer })
    expect(await other.id()).toBe(await client.id())
    expect([other.consent, other.state]).toEqual([client.consent, { is: 'idle' }])
    void other.join()
    await world.until('checked in', () => world.said('check-in').length === 2)
    expect(world.said('authenticate')).toHaveLength(1)
    await client.consent.decline()
    expect([client.state.is, other.state.is]).toEqual(['held', 'held'])
    await other.leave()
    await ended()
  })
})

test('all tasks of a device share one turn: one that asked for a turn of its own would wait for its own device', async () => {
  let holder: object | undefined
  /** As a lock, which one gate has at a time. */
  const turnOf = (): Gate => {
    const mine = {}
    return {
      watch(told) {
        holder ??= mine
        told(holder === mine ? undefined : { by: 'another-tab', detail: 'another has it' })
        return () => undefined
      },
    }
  }
  const { client, world, ended } = await aClient({ trainer: shiftTrainer, turnOf }).joined()
  const other = client.another({ task: 'letters', trainer: shiftTrainer })
  void other.join()
  await world.until('both', () => world.said('check-in').length === 2)
  expect(other.state).not.toMatchObject({ is: 'held' })
  await other.leave()
  await ended()
})

describe('what the app insists on for one task', () => {
  test.each([
    ['left out', {}],
    ['undefined', { privacy: undefined }],
  ])('holds for another where its own is %s', async (_, given) => {
    await loadProtection()
    const privacy = { requireSecureAggregation: true }
    const { client, world, ended } = aClient({ trainer: shiftTrainer, task: 'letters', privacy })
    // As a program without types may give it.
    const options: TaskOptions = Object.assign({ task, trainer: shiftTrainer }, given as object)
    const other = client.another(options)
    void other.join()
    await world.until('waiting', () => other.state.is === 'waiting')
    world.invite(1)
    await world.until('refused', () => world.said('failed').length + world.received.length > 0)
    expect([world.said('failed'), world.received]).toMatchObject([[{ reason: 'privacy-floor' }], []])
    await other.leave()
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
    [{ coordinator: undefined }, 'http or https'],
    [{ task: 'Not A Task' }, 'not a task’s id'],
    [{ task: undefined }, 'not a task’s id'],
    [{ trainer: undefined }, '`trainer`'],
    [{ trainer: { predict: async () => 1 } }, '`train`'],
  ])('options that cannot be are refused at once: %o', (wrong, words) => {
    const options = { coordinator: 'https://learn.example.org', task: 'digits', trainer: shiftTrainer }
    const refusal = expect.objectContaining({
      code: 'bad-options',
      message: expect.stringContaining(words),
    })
    // As a program without types may give them.
    const given = (some: object): ClientOptions => Object.assign({ ...options }, some)
    expect(() => new FederatedClient(given(wrong))).toThrow(refusal)
    if ('coordinator' in wrong) return
    const client = new FederatedClient({ ...options, task: 'letters' })
    expect(() => client.another(given(wrong))).toThrow(refusal)
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
