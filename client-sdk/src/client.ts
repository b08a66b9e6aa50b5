import { type ClientId, TaskId } from '@tributary/protocols'
import type { Identity } from '@tributary/protocols/crypto'
import type { Invitation } from '@tributary/protocols/messages'
import { type Endpoints, endpointsOf } from './adapters/endpoints.ts'
import { enrol } from './adapters/http-enrolment.ts'
import { memoryKeyStore } from './adapters/memory-key-store.ts'
import { memoryModelCache } from './adapters/memory-model-cache.ts'
import { memoryRecordStore } from './adapters/memory-record-store.ts'
import { stopError } from './client-errors.ts'
import { described, type FederatedEvents, type FederatedModel, passOn } from './client-events.ts'
import { type ClientOptions, type Surroundings, surroundingsAt } from './client-options.ts'
import { createEmitter } from './emitter.ts'
import { type Kept, keptSoon } from './kept/kept.ts'
import { identityLoader } from './load-identity.ts'
import { beginMembership, type Membership } from './membership.ts'
import {
  createParticipant,
  type Decision,
  type Participant,
  type Participation,
  type Status,
  statusOf,
} from './participation/index.ts'
import { requirePersonal } from './participation/personal.ts'
import type { RecordStore } from './ports/record-store.ts'
import type { Evaluator, Predictor, Trainer } from './training/trainer.ts'
import { messageOf, TributaryError } from './tributary-error.ts'
import { givenKeyOf } from './trust/given-key.ts'
import { type Pinning, pinningSoon } from './trust/pin.ts'

type InputOf<T> = T extends Predictor<infer Input, infer _> ? Input : never
type OutputOf<T> = T extends Predictor<infer _, infer Output> ? Output : never

/**
 * This device's part in one task. Listen with `on`, enrol once with a token, then join: the client trains when it is
 * invited, submits sealed updates, keeps the newest model, and finds its way back after every interruption, until `leave`.
 */
export class FederatedClient<T extends Trainer = Trainer> {
  readonly task: TaskId
  readonly #options: ClientOptions<T>
  readonly #endpoints: Endpoints
  readonly #surroundings: Surroundings
  readonly #variates: RecordStore
  readonly #pinning: Pinning
  readonly #kept: Kept | undefined
  readonly #loadIdentity: () => Promise<Identity>
  readonly #events = createEmitter<FederatedEvents>((error, event) => this.#listenerFailed(error, event))
  #participant: Participant | undefined
  #membership: Membership | undefined
  #status: Status = { is: 'idle' }

  /** @throws TributaryError `bad-options` for an address or a task's id that is not one. */
  constructor(options: ClientOptions<T>) {
    this.task = taskOf(options.task)
    this.#options = options
    this.#endpoints = endpointsOf(options.coordinator)
    this.#surroundings = surroundingsAt(this.#endpoints, options.surroundings)
    this.#loadIdentity = identityLoader(
      options.keys ?? memoryKeyStore(),
      this.#surroundings.primitives.createSigner,
    )
    this.#variates = options.variates ?? memoryRecordStore()
    const { records, coordinatorKey, privacy } = options
    const { clock, primitives } = this.#surroundings
    this.#pinning = pinningSoon({
      records: records ?? memoryRecordStore(),
      given: givenKeyOf(coordinatorKey, privacy?.coordinatorKey),
      verify: primitives.verifySignature,
    })
    this.#kept =
      records &&
      keptSoon({
        task: this.task,
        records,
        clock,
        primitives,
        told: (notice) => passOn(this.#events, notice),
      })
  }

  /** What this client is to the task at present. */
  get state(): Status {
    return this.#status
  }

  /** The newest model that has been fetched and verified, as it is shared: `predict` and `evaluate` use it with what is this client's own. */
  get model(): FederatedModel | undefined {
    const held = this.#participant?.model() ?? this.#kept?.newest.restored()
    if (!held) void this.#restored().catch(() => undefined) // whoever waits hears the event `model`
    return held
  }

  /** This client's id. The first call makes the key, if the key store has none. */
  async id(): Promise<ClientId> {
    return (await this.#loadIdentity()).clientId
  }

  /** Hears of every such event, until the function that is returned is called. */
  on<Name extends keyof FederatedEvents>(
    name: Name,
    listener: (event: FederatedEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener)
  }

  /**
   * Makes this client known to the coordinator, once in its life; repeating it is harmless.
   * @throws TributaryError `enrolment-refused`, `unreachable`, `bad-answer`, `bad-key` or `storage-failed`.
   */
  async enrol(token: string): Promise<ClientId> {
    const { fetch } = this.#surroundings
    const where = { endpoints: this.#endpoints, fetch }
    const { id, coordinator } = await enrol(where, await this.#loadIdentity(), token)
    if (coordinator) await this.#pinning.learn(coordinator)
    return id
  }

  /**
   * Begins to take part. Resolves when the coordinator has welcomed this client, however long that takes; from then
   * on taking part goes on by itself. `signal` leaves.
   * @throws TributaryError `not-enrolled`, `revoked`, … when the coordinator turns this client away, `left` when it
   * left before it was welcomed, `already-joined`; the signal's reason when that has aborted.
   */
  join({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    const joining = this.#join(signal)
    // Whoever listens to `error` and `state` need not await this promise.
    joining.catch(() => undefined)
    return joining
  }

  /** Takes part no longer. Resolves when everything that was under way has ended; harmless when there was nothing. */
  async leave(): Promise<void> {
    this.#endMembership(
      new TributaryError({
        code: 'left',
        problem: 'this client left before it was welcomed',
        remedy: 'Join again',
      }),
    )
    this.#participant?.leave()
    await this.#participant?.settled()
  }

  /**
   * Leaves for good: erases what the task's strategy has kept of this client's training, and what of the model is its own (`leave` alone
   * keeps both, for a client that comes back without them trains from zero against a server that has not forgotten). The identity stays.
   * @throws TributaryError `storage-failed`.
   */
  async erase(): Promise<void> {
    await this.leave()
    await (this.#participant ? this.#participant.erase() : this.#variates.erase(this.task))
    await this.#options.personal?.erase(this.task)
  }

  /**
   * Uses the newest model, with what of it is this client's own.
   * @throws TributaryError `no-model` before there is one, `cannot-predict` when the trainer has no `predict`, `storage-failed`.
   */
  async predict(input: InputOf<T>): Promise<OutputOf<T>> {
    const { trainer } = this.#options
    if (!canPredict(trainer)) throw cannot('predict')
    return trainer.predict(await this.#ownModel(), input)
  }

  /**
   * Judges the newest model, with what of it is this client's own, by the trainer's data.
   * @throws TributaryError `no-model` before there is one, `cannot-evaluate` when the trainer has no `evaluate`, `storage-failed`.
   */
  async evaluate(): Promise<{ examples: number; metrics: Record<string, number> }> {
    const { trainer } = this.#options
    if (!canEvaluate(trainer)) throw cannot('evaluate')
    return trainer.evaluate(await this.#ownModel())
  }

  async #join(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    if (this.#membership)
      throw new TributaryError({
        code: 'already-joined',
        problem: 'this client has joined already',
        remedy: 'Leave first, or make another client for another task',
      })
    const membership = beginMembership({
      signal,
      stayAlive: this.#surroundings.stayAlive,
      aborted: (reason) => {
        this.#endMembership(reason)
        void this.leave()
      },
    })
    this.#membership = membership
    try {
      const identity = await this.#loadIdentity()
      const pin = await this.#pinning.pin()
      if (this.#membership === membership) {
        this.#participant ??= this.#createParticipant(identity)
        this.#participant.join(pin)
      }
    } catch (error) {
      if (this.#membership === membership) this.#endMembership(error)
    }
    return membership.welcomed
  }

  #endMembership(error: unknown): void {
    const membership = this.#membership
    this.#membership = undefined
    membership?.end(error)
  }

  #createParticipant(identity: Identity): Participant {
    const { connect, bulk, clock, random, trainingSeed, primitives } = this.#surroundings
    const { trainer, cache = memoryModelCache(), privacy, participations, personal } = this.#options
    return createParticipant({
      task: this.task,
      identity,
      connect,
      bulk,
      cache,
      trainer,
      clock,
      random,
      ...(trainingSeed && { trainingSeed }),
      primitives,
      verify: primitives.verifySignature,
      ...(privacy && { privacy }),
      ...(participations && { participations }),
      variates: this.#variates,
      ...(this.#kept && { kept: this.#kept }),
      ...(personal && { personal }),
      decide: (invitation, signal) => this.#decide(invitation, signal),
      told: (notice) => passOn(this.#events, notice),
      changed: (state) => this.#changed(state),
    })
  }

  async #decide(invitation: Invitation, signal: AbortSignal): Promise<Decision> {
    const { onInvitation } = this.#options
    const answer = onInvitation ? await onInvitation(described(invitation), signal) : 'accept'
    return answer === 'accept' ? { kind: 'accept' } : { kind: 'decline', reason: answer }
  }

  #changed(state: Participation): void {
    const status = statusOf(state)
    const differs = JSON.stringify(status) !== JSON.stringify(this.#status)
    this.#status = status
    if (state.phase === 'joined' && state.line.is === 'ready') this.#membership?.welcome()
    if (state.phase === 'stopped') this.#endMembership(stopError(state.reason, state.detail))
    if (differs) this.#events.emit('state', status)
  }

  async #ownModel(): Promise<FederatedModel> {
    const model = await this.#newestModel()
    return model.assignment.personalization ? requirePersonal(this.#options).own(this.task, model) : model
  }

  /** What this device has kept, as far as this client may use it. */
  async #restored(): Promise<FederatedModel | undefined> {
    return this.#kept && (await this.#kept.newest.restore(await this.#pinning.pin())).model
  }

  async #newestModel(): Promise<FederatedModel> {
    const model = this.#participant?.model() ?? (await this.#restored())
    if (model) return model
    throw new TributaryError({
      code: 'no-model',
      problem: 'this client has no model yet',
      remedy:
        'Join while the coordinator can be reached, and wait for the event `model`; with `records` that last it is there without a network from then on',
    })
  }

  #listenerFailed(error: unknown, event: keyof FederatedEvents): void {
    if (event === 'error') {
      // There is nobody left to tell: as with any event target, it is the platform's uncaught error.
      queueMicrotask(() => {
        throw error
      })
      return
    }
    const problem = `a listener of \`${event}\` failed: ${messageOf(error)}`
    this.#events.emit(
      'error',
      new TributaryError({ code: 'listener-failed', problem, remedy: 'See the cause' }, { cause: error }),
    )
  }
}

const taskOf = (text: string): TaskId => {
  const task = TaskId.safeParse(text)
  if (task.success) return task.data
  throw new TributaryError({
    code: 'bad-options',
    problem: `${JSON.stringify(text)} is not a task’s id: ${task.error.issues[0]?.message}`,
    remedy: 'Give the id from the task file',
  })
}

const canPredict = <T extends Trainer>(trainer: T): trainer is T & Predictor<InputOf<T>, OutputOf<T>> =>
  'predict' in trainer && typeof trainer.predict === 'function'

const canEvaluate = <T extends Trainer>(trainer: T): trainer is T & Evaluator =>
  'evaluate' in trainer && typeof trainer.evaluate === 'function'

const cannot = (what: 'predict' | 'evaluate') =>
  new TributaryError({
    code: `cannot-${what}`,
    problem: `this client’s trainer has no \`${what}\``,
    remedy: `Give a trainer that can ${what}, as the tfjs trainer can`,
  })
