import { type ClientId, problemText, TaskId } from '@tributary/protocols'
import type { Identity } from '@tributary/protocols/crypto'
import type { Invitation } from '@tributary/protocols/messages'
import { abortable } from './abortable.ts'
import { loadEnrolment } from './adapters/load-enrolment.ts'
import type { Attendance } from './attendance/attendance.ts'
import type { Shut } from './attendance/gate.ts'
import { attendInTurn } from './attendance/in-turn.ts'
import { stopError, unreachedError } from './client-errors.ts'
import {
  type ClientStatus,
  described,
  type FederatedEvents,
  type FederatedModel,
  passOn,
} from './client-events.ts'
import type { ClientOptions, TaskOptions } from './client-options.ts'
import type { UsageReport } from './conditions/politeness.ts'
import type { Consent } from './consent/consent.ts'
import type { Withdrawn } from './consent/withdrawal.ts'
import { createDevice, type Device } from './device/device.ts'
import { createEmitter } from './emitter.ts'
import type { Kept } from './kept/kept.ts'
import { pendingOf } from './kept/record-names.ts'
import { beginMembership, type Membership } from './membership.ts'
import {
  createParticipant,
  type Decision,
  hasNoLine,
  isOnCall,
  type Participant,
  type Participation,
  statusOf,
} from './participation/index.ts'
import { requirePersonal } from './participation/personal.ts'
import type { Evaluator, Predictor, Trainer } from './training/trainer.ts'
import { messageOf, TributaryError } from './tributary-error.ts'
import { givenKeyOf } from './trust/given-key.ts'
import type { Pin } from './trust/pin.ts'

type InputOf<T> = T extends Predictor<infer Input, infer _> ? Input : never
/** What a call can be ended by. */
export type Abortable = { signal?: AbortSignal | undefined }

type OutputOf<T> = T extends Predictor<infer _, infer Output> ? Output : never

/**
 * This device's part in one task. Listen with `on`, have the person's consent, enrol once with a token, then join: the client trains when it is
 * invited, submits sealed updates, keeps the newest model, and finds its way back after every interruption, until `leave`. `another` gives a
 * client for a further task of the same coordinator.
 */
export class FederatedClient<T extends Trainer = Trainer> {
  readonly task: TaskId
  readonly #options: TaskOptions<T>
  readonly #device: Device
  #kept: Kept | undefined
  readonly #events = createEmitter<FederatedEvents>((error, event) => this.#listenerFailed(error, event))
  #participant: Participant | undefined
  #membership: Membership | undefined
  #attendance: Attendance | undefined
  #erasing: Promise<unknown> | undefined
  #held: readonly Shut[] | undefined
  #status: ClientStatus = { is: 'idle' }

  /**
   * @param device What is shared with clients of other tasks: `another` gives it.
   * @throws TributaryError `bad-options` for an address or a task's id that is not one, and for a trainer that cannot train.
   */
  constructor(options: TaskOptions<T>, device: Device)
  constructor(options: ClientOptions<T>)
  constructor(options: ClientOptions<T> | TaskOptions<T>, device?: Device) {
    this.task = taskOf(options.task)
    requireAble<Trainer>(options.trainer, 'train')
    this.#options = options
    this.#device = device ?? createDevice(options as ClientOptions<T>)
    givenKeyOf(this.#device.coordinatorKey, options.privacy?.coordinatorKey)
    if (this.#device.clients.has(this.task)) throw taskTwice(this.task)
    this.#device.clients.set(this.task, {
      leave: () => this.leave(),
      forget: () => this.#forget(),
      renew: () => this.#renew(),
    })
    this.#kept = this.#keep()
  }

  /** What this client is to the task at present. */
  get state(): ClientStatus {
    return this.#status
  }

  /** Whether the person whose device this is wants it to take part; the same for all tasks of this client. */
  get consent(): Consent {
    return this.#device.consent
  }

  /** The newest model that has been fetched and verified, as it is shared: `predict` and `evaluate` use it with what is this client's own. */
  get model(): FederatedModel | undefined {
    const held = this.#inMemory()
    if (!held) void this.#restored().catch(() => undefined) // whoever waits hears the event `model`
    return held
  }

  /**
   * What this device has used today and this month, all tasks together; `undefined` for a client without `conditions`, of which nothing is counted.
   * @throws TributaryError `storage-failed`.
   */
  async usage(): Promise<UsageReport | undefined> {
    return this.#device.politeness?.usage()
  }

  /** This client's id. The first call makes the key, if the key store has none. */
  async id(): Promise<ClientId> {
    return (await this.#device.loadIdentity()).clientId
  }

  /**
   * A client for another task of the same coordinator. Identity, line, consent, gates and stores are the same, and the device trains for one
   * task at a time. Each joins and leaves by itself.
   * @throws TributaryError `bad-options` for a task's id that is not one, or that this device has a client for already, and for a trainer that cannot
   * train.
   */
  another<Other extends Trainer>(options: TaskOptions<Other>): FederatedClient<Other> {
    const privacy = options.privacy ?? this.#options.privacy
    return new FederatedClient<Other>({ ...options, ...(privacy && { privacy }) }, this.#device)
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
   * @throws TributaryError `bad-options` for conditions with mistakes, `no-consent`, `enrolment-refused`, `unreachable`, `bad-answer`, `bad-key` or `storage-failed`; the signal's reason
   * when that has aborted.
   */
  async enrol(token: string, { signal }: Abortable = {}): Promise<ClientId> {
    signal?.throwIfAborted()
    const { endpoints, surroundings, pinning, consent } = this.#device
    const asking = { endpoints, fetch: surroundings.fetch, clock: surroundings.clock, signal }
    const enrolling = this.#admit(async (identity) => {
      const { enrol } = await loadEnrolment()
      signal?.throwIfAborted()
      const { id, coordinator } = await enrol(asking, identity, token)
      // A withdrawal has waited for the answer, but not for ever.
      await consent.require()
      if (coordinator) await pinning.learn(coordinator)
      return id
    })
    return abortable(enrolling, signal)
  }

  /**
   * Begins to take part. Resolves when the coordinator has this client on call for the task, however long that takes and however long gates keep
   * it from asking (`state` is `held`); from then on taking part goes on by itself. Where nobody answers, the event `error` says so once
   * (`unreachable`), and it is tried again. `signal` leaves.
   * @throws TributaryError `bad-options` for conditions with mistakes; `no-consent`; `not-enrolled`, `unknown-task`, `revoked`, … when the coordinator
   * turns this client away, `left` when it left before it was welcomed, `already-joined`; the signal's reason when that has aborted.
   */
  join({ signal }: Abortable = {}): Promise<void> {
    const joining = this.#join(signal)
    // Whoever listens to `error` and `state` need not await this promise.
    joining.catch(() => undefined)
    return joining
  }

  /**
   * Takes part no longer. Resolves when everything that was under way has ended; harmless when there was nothing. `signal` ends the waiting,
   * not the leaving.
   */
  async leave({ signal }: Abortable = {}): Promise<void> {
    await abortable(this.#leave(), signal)
  }

  /**
   * Leaves for good: erases an update that has not arrived, what the task's strategy has kept of this client's training, and what of the model is
   * its own (`leave` alone keeps all three, for a client that comes back without them trains from zero against a server that has not forgotten).
   * The identity stays, and the newest model, which is everybody's. A join that is asked for meanwhile waits. `signal` ends the waiting: what
   * has begun is finished.
   * @throws TributaryError `storage-failed`; the signal's reason when that has aborted; where it had before the call, nothing has begun.
   */
  async erase({ signal }: Abortable = {}): Promise<void> {
    signal?.throwIfAborted()
    const erasing = this.#erase()
    this.#erasing = erasing.catch(() => undefined) // whoever has called hears of it
    return abortable(erasing, signal)
  }

  /**
   * The person no longer agrees: this client leaves all tasks of its device; key, models, its own vectors and all that it remembers are
   * erased; and the coordinator is told, at once or, where it cannot be reached, as soon as it can be, also after a restart. The identity does
   * not come back; that it was withdrawn is remembered (`consent.state`). What the coordinator has acknowledged before stays in its round.
   * The signal ends the waiting: what has begun is finished.
   * @throws TributaryError `storage-failed`, which says what could not be erased: all else has been. The signal's reason when that has aborted;
   * where it had before the call, nothing has begun.
   */
  async withdraw({ signal }: Abortable = {}): Promise<Withdrawn> {
    signal?.throwIfAborted()
    return abortable(this.#device.withdraw(), signal)
  }

  /**
   * Uses the newest model, with what of it is this client's own.
   * @throws TributaryError `no-model` before there is one, `cannot-predict` when the trainer has no `predict`, `storage-failed`; the signal's
   * reason when that has aborted.
   */
  async predict(input: InputOf<T>, { signal }: Abortable = {}): Promise<OutputOf<T>> {
    signal?.throwIfAborted()
    const { trainer } = this.#options
    requireAble<Predictor<InputOf<T>, OutputOf<T>>>(trainer, 'predict')
    const model = await abortable(this.#ownModel(), signal)
    return abortable(trainer.predict(model, input), signal)
  }

  /**
   * Judges the newest model, with what of it is this client's own, by the trainer's data.
   * @throws TributaryError `no-model` before there is one, `cannot-evaluate` when the trainer has no `evaluate`, `storage-failed`; the signal's
   * reason when that has aborted.
   */
  async evaluate({ signal }: Abortable = {}): Promise<{
    examples: number
    metrics: Record<string, number>
  }> {
    signal?.throwIfAborted()
    const { trainer } = this.#options
    requireAble<Evaluator>(trainer, 'evaluate')
    const model = await abortable(this.#ownModel(), signal)
    return abortable(trainer.evaluate(model), signal)
  }

  async #leave(forGood?: 'for-good'): Promise<void> {
    this.#endMembership(
      new TributaryError({
        code: 'left',
        problem: 'this client left before it was welcomed',
        remedy: 'Join again',
      }),
    )
    this.#participant?.leave(forGood)
    // Held it was on no line, and has nothing to hear of leaving.
    this.#refresh()
    await this.#participant?.settled()
  }

  async #erase(): Promise<void> {
    const { records, variates, personal } = this.#device.stores
    await this.#leave('for-good')
    await Promise.all([
      records.erase(pendingOf(this.task)),
      this.#participant ? this.#participant.erase() : variates.erase(this.task),
      personal?.erase(this.task),
    ])
  }

  async #join(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    if (this.#membership)
      throw new TributaryError({
        code: 'already-joined',
        problem: 'this client has joined already',
        remedy: 'Leave first; for another task of the same coordinator, call another()',
      })
    const membership = beginMembership({
      signal,
      stayAlive: this.#device.surroundings.stayAlive,
      aborted: (reason) => {
        this.#endMembership(reason)
        void this.leave()
      },
      unreached: () => this.#events.emit('error', unreachedError(this.#device.endpoints.participate)),
    })
    this.#membership = membership
    try {
      await this.#erasing
      const identity = await this.#admit(async (mine) => mine)
      const pin = await this.#device.pinning.pin()
      if (this.#membership === membership) this.#attend(identity, pin)
    } catch (error) {
      if (this.#membership === membership) this.#endMembership(error)
    }
    return membership.welcomed
  }

  /** Does this with the identity, where there is consent. What an app has got wrong comes before what a person has to say. */
  async #admit<Result>(work: (identity: Identity) => Promise<Result>): Promise<Result> {
    await this.#device.politeness?.require(this.#options.trainer)
    return this.#device.admit(work)
  }

  #keep(): Kept | undefined {
    return this.#device.keep?.(this.task, (notice) => passOn(this.#events, notice))
  }

  #forget(): void {
    this.#participant = undefined
    this.#kept = this.#keep()
    this.#refresh()
  }

  #attend(identity: Identity, pin: Pin | undefined): void {
    this.#participant ??= this.#createParticipant(identity)
    const participant = this.#participant
    const { gates, turnOf, surroundings } = this.#device
    this.#attendance = attendInTurn({
      gates,
      turn: turnOf?.(identity.clientId),
      settled: participant.settled,
      clock: surroundings.clock,
      enter: () => {
        this.#held = undefined
        participant.join(pin)
      },
      keepOut: (by) => {
        this.#held = by
        participant.leave()
      },
    })
  }

  #endMembership(error: unknown): void {
    const membership = this.#membership
    this.#membership = undefined
    this.#attendance?.end()
    this.#attendance = undefined
    this.#held = undefined
    membership?.end(error)
  }

  #createParticipant(identity: Identity): Participant {
    const { connect, inTurn, stores } = this.#device
    const { bulk, clock, random, trainingSeed, primitives } = this.#device.surroundings
    const { trainer, privacy } = this.#options
    const { cache, participations, variates, personal } = stores
    return createParticipant({
      task: this.task,
      identity,
      connect: () => connect(this.task),
      bulk,
      cache,
      trainer: inTurn(trainer),
      clock,
      random,
      ...(trainingSeed && { trainingSeed }),
      primitives,
      verify: primitives.verifySignature,
      ...(privacy && { privacy }),
      participations,
      variates,
      ...(this.#kept && { kept: this.#kept }),
      ...(personal && { personal }),
      decide: (invitation, signal) => this.#decide(invitation, signal),
      told: (notice) => passOn(this.#events, notice),
      changed: (state) => this.#changed(state),
    })
  }

  async #decide(invitation: Invitation, signal: AbortSignal): Promise<Decision> {
    const { onInvitation, trainer } = this.#options
    const { politeness, consent } = this.#device
    await consent.require()
    const reason = await politeness?.objectionTo({ invitation, held: this.model?.digest, trainer })
    if (reason) return { kind: 'decline', reason }
    const answer = onInvitation ? await onInvitation(described(invitation), signal) : 'accept'
    if (answer !== 'accept') return { kind: 'decline', reason: answer }
    signal.throwIfAborted()
    // Summing again what was trained is of the round in which it was trained, and counted with it.
    if (invitation.manifest?.refines !== undefined) return { kind: 'accept' }
    const tooMany = await politeness?.take(invitation.round)
    return tooMany ? { kind: 'decline', reason: tooMany } : { kind: 'accept' }
  }

  #changed(state: Participation): void {
    if (state.phase === 'joined' && isOnCall(state)) this.#membership?.welcome()
    if (state.phase === 'joined' && hasNoLine(state)) this.#membership?.unreached()
    if (state.phase === 'stopped') this.#endMembership(stopError(state.reason, state.detail))
    this.#refresh()
  }

  #refresh(): void {
    const participation = this.#participant?.state()
    const status: ClientStatus = this.#held
      ? { is: 'held', by: this.#held }
      : participation
        ? statusOf(participation)
        : { is: 'idle' }
    const differs = JSON.stringify(status) !== JSON.stringify(this.#status)
    this.#status = status
    if (differs) this.#events.emit('state', status)
  }

  async #ownModel(): Promise<FederatedModel> {
    const model = await this.#newestModel()
    return model.assignment.personalization
      ? requirePersonal(this.#device.stores).own(this.task, model)
      : model
  }

  /** What this device has kept, as far as this client may use it. */
  async #restored(): Promise<FederatedModel | undefined> {
    await this.#device.ready()
    return this.#kept && (await this.#kept.newest.restore(await this.#device.pinning.pin())).model
  }

  /** Another instance may have kept a newer one than this has had at work. */
  #inMemory(): FederatedModel | undefined {
    return newerOf(this.#participant?.model(), this.#kept?.newest.restored())
  }

  async #renew(): Promise<void> {
    await this.#device.ready()
    const pin = await this.#device.pinning.pin()
    await this.#kept?.newest.renew(pin, () => this.#inMemory()?.version ?? 0)
  }

  async #newestModel(): Promise<FederatedModel> {
    const model = this.#inMemory() ?? (await this.#restored())
    if (model) return model
    throw new TributaryError({
      code: 'no-model',
      problem: 'this client has no model yet',
      remedy:
        'Join, and wait for the event `model`; with lasting `records` it is then there without a network',
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

const newerOf = (one: FederatedModel | undefined, other: FederatedModel | undefined) =>
  one && other ? (one.version < other.version ? other : one) : (one ?? other)

const taskOf = (text: string): TaskId => {
  const task = TaskId.safeParse(text)
  if (task.success) return task.data
  throw new TributaryError({
    code: 'bad-options',
    problem: `${JSON.stringify(text)} is not a task’s id: ${problemText(task.error)}`,
    remedy: 'Give the id from the task file',
  })
}

const taskTwice = (task: TaskId) =>
  new TributaryError({
    code: 'bad-options',
    problem: `this client takes part in ${task} already`,
    remedy: 'Use the client that there is for it, or give another id',
  })

/** @throws TributaryError for a trainer that cannot do this, and for none. */
const requireAble: <Able extends object>(
  trainer: unknown,
  what: keyof Able & ('train' | 'predict' | 'evaluate'),
) => asserts trainer is Able = (trainer, what) => {
  if (typeof (trainer as Record<string, unknown> | undefined)?.[what] === 'function') return
  throw new TributaryError({
    code: what === 'train' ? 'bad-options' : `cannot-${what}`,
    problem: `this client’s trainer has no \`${what}\``,
    remedy: `Give a \`trainer\` that can ${what}`,
  })
}
