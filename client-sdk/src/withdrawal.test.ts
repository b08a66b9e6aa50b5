import {
  decodeKeyText,
  EncodedSignature,
  encodePublicKey,
  identityFromSeed,
  verifyWithdrawal,
} from '@tributary/protocols/crypto'
import { problemType } from '@tributary/protocols/rest'
import { describe, expect, test, vi } from 'vitest'
import { memoryKeyStore } from './adapters/memory-key-store.ts'
import { memoryModelCache } from './adapters/memory-model-cache.ts'
import { memoryParticipationStore } from './adapters/memory-participation-store.ts'
import { memoryRecordStore } from './adapters/memory-record-store.ts'
import type { Gate } from './attendance/gate.ts'
import { clientOf, spokenSiblings, storesOf } from './client.builders.ts'
import type { FederatedClient } from './client.ts'
import type { ClientOptions } from './client-options.ts'
import { aWorld, round, shiftTrainer, task } from './participation/participant.builders.ts'
import { createPersonalTraining } from './personal/personal-training.ts'
import type { Siblings } from './ports/siblings.ts'
import type { Trainer } from './training/trainer.ts'

/** A device whose stores outlive its clients, before a coordinator that takes statements of withdrawal unless it cannot be reached. */
const aDevice = async (world = aWorld()) => {
  const personal = memoryRecordStore()
  const stores = {
    ...storesOf(world),
    cache: memoryModelCache(),
    participations: memoryParticipationStore(),
    variates: memoryRecordStore(),
  }
  await stores.participations.save(task, { times: 1, last: 1 })
  await stores.variates.save(task, new Uint8Array([1]))
  await personal.save('another-task', new Uint8Array([2]))
  await stores.records.save('usage', new Uint8Array([3]))
  const network = { reachable: true, answer: undefined as Response | undefined }
  const statements: { client: string; signature: string }[] = []
  const fetch = vi.fn(async (url: string, init?: RequestInit) => {
    if (!network.reachable) throw new TypeError('fetch failed')
    if (network.answer) return network.answer.clone()
    const client = /clients\/(c-[0-9a-f]{32})\/withdrawal$/.exec(url)?.[1] ?? ''
    const { signature } = JSON.parse(String(init?.body))
    statements.push({ client, signature })
    return Response.json({ ...aView, id: client, status: 'withdrawn' })
  })
  const start = (options: Partial<ClientOptions> = {}) =>
    clientOf(world, {
      ...stores,
      personal: createPersonalTraining({ store: personal }),
      ...options,
      surroundings: { fetch, ...options.surroundings },
    })
  return { world, stores, personal, network, statements, fetch, start }
}

const aView = {
  publicKey: 'A'.repeat(43),
  enrolledAt: '2026-01-01T00:00:00.000Z',
  enrolledBy: '',
}

/** Imports and fetches of the test take turns of the event loop too. */
const turns = async (times = 20) => {
  for (let turn = 0; turn < times; turn++) await new Promise((next) => setImmediate(next))
}

const left = async ({
  stores,
  personal,
}: Pick<Awaited<ReturnType<typeof aDevice>>, 'stores' | 'personal'>) => ({
  key: await stores.keys.load(),
  participation: await stores.participations.load(task),
  variates: await stores.variates.names(),
  personal: await personal.names(),
  records: await stores.records.names(),
})

const GONE = { key: undefined, participation: undefined, variates: [], personal: [], records: ['consent'] }

const joined = async (client: FederatedClient, world: ReturnType<typeof aWorld>) => {
  await client.consent.grant()
  void client.join()
  await turns()
  await world.until('welcomed', () => client.state.is === 'waiting')
}

describe('withdrawing', () => {
  test('in the middle of a round: no update comes, nothing is left, and the coordinator has the client’s word', async () => {
    const device = await aDevice()
    const { world, start, statements } = device
    let begun = false
    const trainer: Trainer = {
      train: ({ signal }) => {
        begun = true
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
    }
    const client = start({ trainer })
    await joined(client, world)
    world.invite(1)
    await world.until('training', () => begun)
    expect(await client.withdraw()).toEqual({ told: 'yes' })
    await world.until('said', () => world.said('failed').length === 1)
    expect(world.said('failed')).toEqual([{ type: 'failed', round: round(1), reason: 'aborted' }])
    expect([world.received, await left(device)]).toEqual([[], GONE])
    const [statement] = statements
    expect(statement?.client).toBe(world.identity.clientId)
    const of = {
      client: world.identity.clientId,
      publicKey: world.identity.publicKey,
      signature: decodeKeyText(EncodedSignature.parse(statement?.signature)),
    }
    expect(verifyWithdrawal({ ...of, coordinator: 'any' })).toBe(true)
    expect([client.state, client.model, client.consent.state]).toEqual([
      { is: 'idle' },
      undefined,
      'withdrawn',
    ])
    await world.until('no timer left', () => world.clock.pending() === 0)
  })

  test('says it to the coordinator that it has pinned, and to no other', async () => {
    const { world, stores, statements, start } = await aDevice()
    const pin = { id: 'world', publicKey: encodePublicKey(world.identity.publicKey) }
    await stores.records.save('pin', new TextEncoder().encode(JSON.stringify(pin)))
    await start({ consent: 'granted' }).withdraw()
    const { clientId: client, publicKey } = world.identity
    const signature = decodeKeyText(EncodedSignature.parse(statements[0]?.signature))
    const holds = (coordinator: string) => verifyWithdrawal({ client, publicKey, signature, coordinator })
    expect([holds('world'), holds('another')]).toEqual([true, false])
    expect(await stores.records.names()).toEqual(['consent'])
  })

  test('is remembered: nothing begins again before it is granted anew, and then as somebody else', async () => {
    const { world, start } = await aDevice()
    const client = start()
    await client.consent.grant()
    await client.withdraw()
    for (const again of [client, start({ consent: 'granted' })]) {
      await expect(again.join()).rejects.toMatchObject({ code: 'no-consent' })
      expect(again.consent.state).toBe('withdrawn')
    }
    await client.consent.grant()
    expect(await client.id()).not.toBe(world.identity.clientId)
  })

  test('takes every task of the device along', async () => {
    const { world, start } = await aDevice()
    const client = start()
    const other = client.another({ task: 'letters', trainer: shiftTrainer })
    await joined(client, world)
    void other.join()
    await turns()
    await world.until('both', () => world.said('check-in').length === 2)
    await other.withdraw()
    expect([client.state, other.state]).toEqual([{ is: 'idle' }, { is: 'idle' }])
    await expect(client.join()).rejects.toMatchObject({ code: 'no-consent' })
  })

  test('without a network is told later, as soon as there is one', async () => {
    const { world, network, stores, statements, start } = await aDevice()
    network.reachable = false
    const client = start({ consent: 'granted' })
    expect(await client.withdraw()).toEqual({ told: 'later' })
    expect(await stores.keys.load()).toBeUndefined()
    expect(await stores.records.names()).toEqual(expect.arrayContaining(['consent', 'withdrawal']))
    world.clock.step()
    await turns()
    network.reachable = true
    await vi.waitFor(() => {
      world.clock.step()
      expect(statements).toHaveLength(1)
    })
    await turns()
    expect([await stores.records.names(), world.clock.pending()]).toEqual([['consent'], 0])
  })

  test('told late does not take a later one along: what is left of that is told after a restart', async () => {
    const { world, network, stores, fetch, start } = await aDevice()
    network.reachable = false
    const client = start({ consent: 'granted' })
    await client.withdraw()
    await client.consent.grant()
    const second = await client.id()
    await client.withdraw()
    // From here on the first is heard, and the second is not.
    const told: string[] = []
    fetch.mockImplementation(async (url) => {
      const id = /clients\/(c-[0-9a-f]{32})/.exec(url)?.[1] ?? ''
      if (id === second) throw new TypeError('fetch failed')
      told.push(id)
      return Response.json({ ...aView, id, status: 'withdrawn' })
    })
    await vi.waitFor(async () => {
      world.clock.step()
      await turns()
      expect(told).toEqual([world.identity.clientId])
    })
    await turns()
    expect(world.clock.pending()).toBe(1)
    const { statements } = JSON.parse(new TextDecoder().decode(await stores.records.load('withdrawal')))
    expect(statements).toMatchObject([{ client: second }])
  })

  test('many times over without a network is told by one timer', async () => {
    const { world, network, start } = await aDevice()
    network.reachable = false
    const client = start({ consent: 'granted' })
    for (let time = 0; time < 5; time++) {
      await client.consent.grant()
      await client.id()
      await client.withdraw()
    }
    await turns()
    expect(world.clock.pending()).toBe(1)
  })

  test('and ended before it could tell, tells at the next start, and spares who has come since', async () => {
    const { network, stores, statements, start, world } = await aDevice()
    network.reachable = false
    await start({ consent: 'granted' }).withdraw()
    network.reachable = true
    await stores.records.save('consent', new TextEncoder().encode('{"state":"granted","at":1}'))
    const seed = new Uint8Array(32).fill(5)
    await stores.keys.keep(seed)
    const next = start()
    await vi.waitFor(() => expect(statements).toMatchObject([{ client: world.identity.clientId }]))
    await turns()
    expect(await stores.records.names()).toEqual(['consent'])
    expect(await next.id()).toBe(identityFromSeed(seed).clientId)
  })

  test.each(['keys', 'cache', 'participations', 'variates', 'records'] as const)(
    'killed while it erases %s, it is finished at the next start before anything else',
    async (at) => {
      const device = await aDevice()
      const { stores, start, statements } = device
      const never = () => new Promise<never>(() => {})
      const dying = {
        keys: { ...stores.keys, erase: never },
        cache: { ...stores.cache, clear: never },
        participations: { ...stores.participations, clear: never },
        variates: { ...stores.variates, erase: never },
        records: { ...stores.records, erase: never },
      }
      void start({ consent: 'granted', [at]: dying[at] }).withdraw()
      await turns(50)
      const next = start({ consent: 'granted' })
      await expect(next.join()).rejects.toMatchObject({ code: 'no-consent' })
      expect(await left(device)).toMatchObject({ ...GONE, records: expect.arrayContaining(['consent']) })
      await vi.waitFor(() => expect(statements).toMatchObject([{ client: device.world.identity.clientId }]))
      await turns()
      expect(await left(device)).toEqual(GONE)
    },
  )

  test.each(['keys', 'cache', 'participations', 'variates'] as const)(
    'erases all else where %s fails, says so, and finishes when it works',
    async (at) => {
      const device = await aDevice()
      const { stores, start, statements } = device
      const broken = () => Promise.reject(new Error('the disk is gone'))
      const failing = {
        keys: { ...stores.keys, erase: vi.fn(stores.keys.erase).mockImplementationOnce(broken) },
        cache: { ...stores.cache, clear: vi.fn(stores.cache.clear).mockImplementationOnce(broken) },
        participations: {
          ...stores.participations,
          clear: vi.fn(stores.participations.clear).mockImplementationOnce(broken),
        },
        variates: { ...stores.variates, names: vi.fn(stores.variates.names).mockImplementationOnce(broken) },
      }
      const client = start({ consent: 'granted', [at]: failing[at] })
      await expect(client.withdraw()).rejects.toMatchObject({
        code: 'storage-failed',
        message: expect.stringContaining('could be erased: the'),
      })
      expect(statements).toHaveLength(1)
      const now = await left(device)
      expect({ ...now, [ONE_OF[at]]: 'spared' }).toEqual({
        ...GONE,
        records: expect.arrayContaining(['consent', 'withdrawal']),
        [ONE_OF[at]]: 'spared',
      })
      expect(await client.withdraw()).toEqual({ told: 'yes' })
      expect(await left(device)).toEqual(GONE)
    },
  )

  test('erases all else where nothing can be written down, and tells at once', async () => {
    const device = await aDevice()
    const { stores, start, statements } = device
    const records = { ...stores.records, save: () => Promise.reject(new Error('full')) }
    const client = start({ consent: 'granted', records })
    await expect(client.withdraw()).rejects.toMatchObject({ code: 'storage-failed' })
    expect(statements).toHaveLength(1)
    expect(await left(device)).toEqual({ ...GONE, records: [] })
    await expect(client.join()).rejects.toMatchObject({ code: 'no-consent' })
  })

  test.each([
    ['another answer with 200', Response.json({ hello: 'from the hotel' })],
    ['a door that wants a password', new Response('', { status: 401 })],
    ['an older coordinator', new Response('', { status: 404 })],
    ['too many requests', new Response('', { status: 429 })],
    ['a coordinator that is down', new Response('', { status: 503 })],
    [
      'an answer about another client',
      Response.json({ ...aView, id: `c-${'0'.repeat(32)}`, status: 'withdrawn' }),
    ],
  ])('%s is not being told', async (_, answer) => {
    const { network, start } = await aDevice()
    network.answer = answer
    expect(await start({ consent: 'granted' }).withdraw()).toEqual({ told: 'later' })
  })

  test('a coordinator that knows no such client has nothing to be told; and where there was no key, nobody has', async () => {
    const { network, start, stores, fetch } = await aDevice()
    network.answer = noSuchClient()
    expect(await start({ consent: 'granted' }).withdraw()).toEqual({ told: 'yes' })
    fetch.mockClear()
    expect(await start({ consent: 'granted' }).withdraw()).toEqual({ told: 'yes' })
    expect(fetch).not.toHaveBeenCalled()
    expect(await stores.keys.load()).toBeUndefined()
  })

  test('is told to the coordinator that this client was given, and not to wherever somebody points', async () => {
    const { start, fetch } = await aDevice()
    await start({ consent: 'granted' }).withdraw()
    expect(fetch.mock.calls.map(([, init]) => init?.redirect)).toEqual(['error'])
  })

  test('twice at once is once', async () => {
    const { start, statements } = await aDevice()
    const client = start({ consent: 'granted' })
    expect(await Promise.all([client.withdraw(), client.withdraw()])).toEqual([
      { told: 'yes' },
      { told: 'yes' },
    ])
    expect(statements).toHaveLength(1)
  })

  test('a signal that has aborted before keeps it from beginning; one that aborts later ends the waiting alone', async () => {
    const device = await aDevice()
    const client = device.start({ consent: 'granted' })
    await expect(client.withdraw({ signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no')
    expect(await device.stores.keys.load()).toBeDefined()
    const aborting = new AbortController()
    const withdrawing = client.withdraw({ signal: aborting.signal })
    aborting.abort(new Error('cannot wait'))
    await expect(withdrawing).rejects.toThrow('cannot wait')
    await vi.waitFor(async () => expect(await left(device)).toEqual(GONE))
  })

  test('is kept before the key is asked for, whose store may never answer: what is left is done at the next start', async () => {
    const device = await aDevice()
    const { stores, statements, start } = device
    const client = start({ consent: 'granted', keys: { ...stores.keys, load: () => new Promise(() => {}) } })
    void client.withdraw()
    await vi.waitFor(async () => expect(await stores.records.names()).toContain('consent'))
    expect(statements).toEqual([])

    const later = start({ consent: 'granted' })
    expect(await later.consent.whenRead()).toBe('withdrawn')
    await vi.waitFor(() => expect(statements).toHaveLength(1))
    expect(await stores.keys.load()).toBeUndefined()
  })

  test('a training that does not end does not keep it from being done', async () => {
    const device = await aDevice()
    const { world, start } = device
    let begun = false
    const client = start({
      trainer: {
        train: () => {
          begun = true
          return new Promise(() => {})
        },
      },
    })
    await joined(client, world)
    world.invite(1)
    await world.until('training', () => begun)
    const withdrawing = client.withdraw()
    await turns()
    for (let step = 0; step < 20; step++) {
      world.clock.step()
      await turns(5)
    }
    expect(await withdrawing).toEqual({ told: 'yes' })
    expect(await left(device)).toEqual(GONE)
  })

  test.each([
    ['noise, where it was withdrawn', 'withdrawn', true],
    ['noise, where it has been granted since', 'granted', false],
  ] as const)('a record of it that is %s', async (_, state, erases) => {
    const device = await aDevice()
    const { stores, start } = device
    await stores.records.save('withdrawal', new Uint8Array([0xff, 1, 2]))
    await stores.records.save('consent', new TextEncoder().encode(JSON.stringify({ state, at: 1 })))
    const client = start()
    await client.consent.whenRead()
    await turns()
    expect((await stores.keys.load()) === undefined).toBe(erases)
    expect(await stores.records.names()).not.toContain('withdrawal')
  })
})

describe('withdrawing in another instance of the same client', () => {
  /** Words pass from the one to the other, unless they are lost. */
  const twoInstances = async ({ lost }: { lost: boolean }) => {
    const device = await aDevice()
    const hearing: ((word: unknown) => void)[] = []
    const siblings = (): Siblings => {
      let own: ((word: unknown) => void) | undefined
      return {
        say(word) {
          for (const hear of hearing) if (hear !== own && !lost) hear(structuredClone(word))
        },
        hear(listener) {
          own = listener
          hearing.push(listener)
          return () => undefined
        },
        inTurn: (work) => work(),
      }
    }
    const trained = Promise.withResolvers<void>()
    let begun = false
    const trainer: Trainer = {
      async train(job) {
        begun = true
        await trained.promise // whatever the signal says
        return shiftTrainer.train(job)
      },
    }
    const working = device.start({ siblings: siblings(), trainer })
    const other = device.start({ siblings: siblings() })
    await vi.waitUntil(() => hearing.length === 2)
    await joined(working, device.world)
    device.world.invite(1)
    await device.world.until('training', () => begun)
    return { ...device, working, other, trained }
  }

  test('[K11] ends what this one is at, and nothing comes of it', async () => {
    const device = await twoInstances({ lost: false })
    const { working, other, trained, world } = device
    expect(await other.withdraw()).toEqual({ told: 'yes' })
    await turns()
    expect([working.consent.state, working.state, working.model]).toEqual([
      'withdrawn',
      { is: 'idle' },
      undefined,
    ])
    trained.resolve()
    await turns()
    await turns()
    expect([world.received, await left(device)]).toEqual([[], GONE])
    await expect(working.join()).rejects.toMatchObject({ code: 'no-consent' })
  })

  test('[K11] has a key erased too that this one makes later', async () => {
    const device = await aDevice()
    const { stores, start, statements } = device
    await stores.keys.erase()
    const { siblings, hear } = spokenSiblings()
    const mayKeep = Promise.withResolvers<void>()
    const keep = vi.fn((seed: Uint8Array) => mayKeep.promise.then(() => stores.keys.keep(seed)))
    const working = start({ siblings, keys: { ...stores.keys, keep }, consent: 'granted' })
    await working.consent.whenRead()
    const id = working.id()
    await vi.waitUntil(() => keep.mock.calls.length === 1)
    await start({ consent: 'granted' }).withdraw()
    expect(statements).toEqual([])
    hear({ type: 'consent' })
    await vi.waitUntil(() => working.consent.state === 'withdrawn')
    mayKeep.resolve()
    const client = await id
    await vi.waitFor(() => expect(statements).toMatchObject([{ client }]))
    await turns()
    expect(await left(device)).toEqual(GONE)
  })

  test('erases only once it has the turn: another instance is not yet done with what is kept', async () => {
    const device = await aDevice()
    let open = () => {}
    const turnOf = (): Gate => ({
      watch(told) {
        told({ by: 'another-tab', detail: 'another tab takes part' })
        open = () => told(undefined)
        return () => undefined
      },
    })
    const withdrawing = device.start({ consent: 'granted', turnOf }).withdraw()
    await turns()
    expect(await left(device)).toMatchObject({
      participation: { times: 1, last: 1 },
      records: ['usage', 'withdrawal', 'consent'],
    })
    open()
    expect(await withdrawing).toEqual({ told: 'yes' })
    expect(await left(device)).toEqual(GONE)
  })

  test('an instance that hangs while it has the turn keeps nothing from being erased', async () => {
    const device = await aDevice()
    const hanging = {
      say: () => undefined,
      hear: () => () => undefined,
      inTurn: vi.fn(() => new Promise<never>(() => {})),
    }
    const client = device.start({ consent: 'granted', siblings: hanging })
    const withdrawing = client.withdraw()
    await vi.waitUntil(() => hanging.inTurn.mock.calls.length === 1)
    await turns()
    expect(await device.stores.keys.load()).toBeDefined()
    device.world.clock.advanceTo(device.world.clock.now() + 60_000)
    expect(await withdrawing).toEqual({ told: 'yes' })
    expect(await left(device)).toEqual(GONE)
  })

  test('[K11] counts before an update is kept or sent, where nobody heard of it', async () => {
    const device = await twoInstances({ lost: true })
    const { working, other, trained, world } = device
    await other.withdraw()
    expect(working.consent.state).toBe('granted')
    trained.resolve()
    await world.until('known', () => working.consent.state === 'withdrawn')
    await turns()
    expect([world.received, await left(device)]).toEqual([[], GONE])
  })

  test('[K11] counts before a round is accepted, where nobody heard of it', async () => {
    const device = await aDevice()
    const asked = vi.fn(() => 'accept' as const)
    const [working, other] = [device.start({ onInvitation: asked }), device.start()]
    await joined(working, device.world)
    device.world.invite(1)
    await device.world.until('an update', () => device.world.received.length === 1)
    await turns()
    await other.withdraw()
    device.world.invite(2)
    await turns()
    await device.world.until('known', () => working.consent.state === 'withdrawn')
    expect(asked).toHaveBeenCalledOnce()
    expect(device.world.said('accept')).toEqual([{ type: 'accept', round: round(1) }])
    expect(await left(device)).toEqual(GONE)
  })
})

describe('withdrawing at any moment', () => {
  test.each([[0], [3_000]])(
    'from the first key to an update on its way, which takes %i ms more: nothing is left or begun, and the coordinator has no client that has not withdrawn',
    async (slow) => {
      // On a virtual clock loading takes no time.
      await Promise.all([
        import('./adapters/http-enrolment.ts'),
        import('./consent/withdrawal.ts'),
        import('./trust/create-pinning.ts'),
        import('./kept/create-kept.ts'),
      ])
      const beaten: string[] = []
      for (let moment = 1, reached = true; reached; moment++) {
        reached = false
        let during = ''
        let withdrawing: Promise<unknown> | undefined
        const device = await aNewDevice((operation, what) => {
          if (operation !== moment || withdrawing) return undefined
          reached = true
          during = what
          withdrawing = device.client.withdraw()
          // Longer than all that withdrawing does.
          return slow === 0 ? undefined : later(device.world, slow)
        })
        const { world, client, book } = device
        const life = async () => {
          await client.consent.grant()
          await client.enrol(`tre_${'0'.repeat(24)}_${'A'.repeat(43)}`)
          await client.join()
          world.invite(1)
          await turnsUntil(world, () => world.received.length > 0 || withdrawing !== undefined)
        }
        const living = life().then(
          () => 'lived',
          (error: unknown) => error,
        )
        let over: unknown
        void living.then((how) => {
          over = how
        })
        await turnsUntil(world, () => over !== undefined)
        if (!withdrawing) {
          expect(over).toBe('lived')
          break
        }
        let done = false
        void withdrawing.then(() => {
          done = true
        })
        await turnsUntil(world, () => done)
        for (let turn = 0; turn < 10; turn++) {
          await turns(1)
          world.clock.step()
        }
        const state = {
          ...(await left(device)),
          book: book.get(world.identity.clientId) ?? 'unknown',
          consent: client.consent.state,
        }
        const isWell =
          state.book !== 'active' &&
          JSON.stringify({ ...state, book: 0, consent: 0 }) ===
            JSON.stringify({ ...GONE, book: 0, consent: 0 }) &&
          state.consent === 'withdrawn'
        if (!isWell) beaten.push(`${moment} ${during}: ${JSON.stringify(state)}`)
      }
      expect(beaten).toEqual([])
    },
  )
})

const later = ({ clock }: ReturnType<typeof aWorld>, ms: number) =>
  new Promise<void>((resolve) => clock.wakeAt(clock.now() + ms, resolve))

const turnsUntil = async (world: ReturnType<typeof aWorld>, come: () => boolean) => {
  for (let turn = 0; turn < 500; turn++) {
    if (come()) return
    await turns(1)
    if (!come()) world.clock.step()
  }
  throw new Error(`it never came true: ${come}`)
}

/** A device without a key, before a coordinator that enrols; everything of the device and the coordinator takes its steps one by one. */
const aNewDevice = async (at: (operation: number, what: string) => Promise<void> | undefined) => {
  const coordinator = identityFromSeed(new Uint8Array(32).fill(9))
  const device = await aDevice(aWorld({ signing: coordinator }))
  const { world, start } = device
  let operations = 0
  let client: FederatedClient | undefined
  const stepwise = <Store extends object>(name: string, store: Store): Store =>
    new Proxy(store, {
      get: (target, key, receiver) => {
        const member = Reflect.get(target, key, receiver)
        if (typeof member !== 'function') return member
        return async (...asked: unknown[]) => {
          if (client) operations += 1
          if (client) await at(operations, `${name}.${String(key)}`)
          await promisesHadTheirTurn()
          return member.apply(target, asked)
        }
      },
    })
  const keys = memoryKeyStore()
  const stores = {
    ...device.stores,
    keys: { ...keys, keep: () => keys.keep(world.identity.exportSeed()) },
  }
  const { clientId: id, publicKey } = world.identity
  const book = new Map<string, 'active' | 'withdrawn'>()
  const fetch = stepwise('coordinator', {
    async ask(url: string) {
      if (url.endsWith('/withdrawal')) {
        if (!book.has(id)) return noSuchClient()
        book.set(id, 'withdrawn')
        return Response.json({ ...aView, id, status: 'withdrawn' })
      }
      book.set(id, 'active')
      // It is known there, and the answer is on its way.
      await promisesHadTheirTurn()
      return Response.json(
        {
          id,
          publicKey: encodePublicKey(publicKey),
          status: 'active',
          enrolledAt: aView.enrolledAt,
          enrolledBy: 'x',
          coordinator: { id: 'world', publicKey: encodePublicKey(coordinator.publicKey) },
        },
        { status: 201 },
      )
    },
  })
  client = start({
    keys: stepwise('keys', stores.keys),
    cache: stepwise('cache', stores.cache),
    participations: stepwise('participations', stores.participations),
    variates: stepwise('variates', stores.variates),
    records: stepwise('records', stores.records),
    surroundings: { fetch: fetch.ask },
  })
  return { ...device, stores, client, book, operations: () => operations }
}

const promisesHadTheirTurn = async () => {
  for (let depth = 0; depth < 30; depth++) await Promise.resolve()
}

const noSuchClient = () =>
  Response.json(
    {
      type: problemType('unauthenticated'),
      title: 'Unauthenticated',
      status: 401,
      detail: 'no such client',
      instance: '/api/v1/clients',
    },
    { status: 401, headers: { 'content-type': 'application/problem+json; charset=utf-8' } },
  )

const ONE_OF = {
  keys: 'key',
  cache: 'cache',
  participations: 'participation',
  variates: 'variates',
} as const
