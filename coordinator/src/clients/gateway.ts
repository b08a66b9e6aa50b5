import { PROTOCOL_VERSIONS, type RoundId, type TaskId, unreachable } from '@tributary/protocols'
import {
  decodeKeyText,
  encodeNonce,
  type VerifySignature,
  verifyChallenge,
} from '@tributary/protocols/crypto'
import type { ClientMessage, CoordinatorMessage, RefusalReason } from '@tributary/protocols/messages'
import type { Channel, Clock, Random } from '@tributary/protocols/runtime'
import type { Forward } from '../cluster/forward.ts'
import type { FarHappening } from '../cluster/signal.ts'
import type { Pace } from '../cohort/pacing.ts'
import type { Announcements } from '../engine/announcements.ts'
import type { Engine } from '../engine/engine.ts'
import { outcomeOf } from '../engine/outcome.ts'
import type { Standing, Standings } from '../engine/standing.ts'
import type { Task } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { isAwaited, type Member } from '../round/member.ts'
import { isOpen, type Round } from '../round/round.ts'
import type { AccessService } from '../services.ts'
import { createAllowance } from './message-allowance.ts'
import type { Line, Presence } from './presence.ts'

type Message<Type extends ClientMessage['type']> = Extract<ClientMessage, { type: Type }>
type SecaggMessage = Message<
  'secagg-advertise' | 'secagg-share' | 'secagg-confirm' | 'secagg-unmask' | 'secagg-refuse'
>
type AfterHello = Exclude<ClientMessage, { type: 'authenticate' }>

/** What is refused: the kind of message, and what it named. */
type Refusable = { type: string; task?: TaskId | undefined; round?: RoundId | undefined }

type Needs = {
  /** The coordinator's id, which every signed challenge names. */
  coordinator: string
  clock: Clock
  random: Random
  store: Pick<Store, 'tasks' | 'clients' | 'rounds'>
  presence: Presence
  engine: Pick<Engine, 'view' | 'member'> & Pick<Forward, 'dispatch'>
  /** Where what a client says of a round is decided. */
  standings: Pick<Standings, 'of' | 'decide'>
  announcements: Announcements
  access: Pick<AccessService, 'issueSession'>
  verify: VerifySignature
  /** How a client that checks in for a task is paced. */
  paceOf(task: Task): Promise<Pace>
  /** A client has checked in: a round that selects may have enough. */
  checkedIn(task: TaskId): void
  /** How far a member's training has come, in the round that counts its update. */
  progress(told: { standing: Standing; member: Member; message: Message<'progress'> }): void
  /** Told of every message that was refused, by its reason word. */
  refused(reason: RefusalReason): void
  fault(error: unknown, about: { during: string }): void
}

export type Gateway = {
  /** Takes charge of a new line: challenges it, and hears it until it ends. */
  accept(channel: Channel<CoordinatorMessage, ClientMessage>): void
}

const SESSION_MS = 60 * 60_000
const HELLO_MS = 30_000
/** Mistakes that one line may make; a line that goes on is cut, for it cannot be a client of ours. */
const MISTAKES_ALLOWED = 100
/** Messages that a line may send at once, and in the long run; a client of ours sends a handful a minute. */
const MESSAGES = { burst: 100, perSecond: 10 }

/** The door for control messages. One state a line: challenged, then authenticated. */
export const createGateway = (needs: Needs): Gateway => ({
  accept(channel) {
    const { clock, presence } = needs
    const challenge = { coordinator: needs.coordinator, nonce: needs.random.bytes(32) }
    let line: Line | undefined
    let mistakes = 0
    /** That were checked in for on this line. */
    const tasks = new Set<TaskId>()
    /** The coordinator has ended the line: nothing more is heard on it. */
    let ended = false
    /** The line is gone. What was said on it before is still heard, but nobody is there. */
    let gone = false
    /** Messages of a line are handled one after the other, in order. */
    let handling = Promise.resolve()
    const allowance = createAllowance({ clock, ...MESSAGES })

    /** Nothing more is heard on the line. What was sent on it still arrives. */
    const hangUp = (reason: string) => {
      ended = true
      channel.close(reason)
    }
    const refuse = (what: Refusable, reason: RefusalReason, detail?: string) => {
      needs.refused(reason)
      const about = what.round ?? what.task
      channel.send({
        type: 'refused',
        of: what.type,
        reason,
        ...(about !== undefined && { about }),
        ...(detail === undefined ? {} : { detail: detail.slice(0, 1_000) }),
      })
      if (++mistakes >= MISTAKES_ALLOWED) hangUp('too many mistakes')
    }
    const turnAway = (reason: RefusalReason, detail: string) => {
      refuse({ type: 'authenticate' }, reason, detail)
      hangUp(reason)
    }
    const cancelHello = clock.wakeAt(clock.now() + HELLO_MS, () => hangUp('no authentication'))

    const authenticate = async (message: Message<'authenticate'>) => {
      if (line) return refuse(message, 'already-authenticated')
      if (!PROTOCOL_VERSIONS.some((version) => version === message.protocol))
        return turnAway('unsupported-protocol', `this coordinator speaks ${PROTOCOL_VERSIONS.join(', ')}`)
      const client = await needs.store.clients.get(message.client)
      if (!client) return turnAway('unknown-client', 'enrol first, with an enrolment token')
      if (client.status !== 'active')
        return turnAway(
          'revoked-client',
          client.status === 'revoked' ? 'this client has been revoked' : 'this client has withdrawn',
        )
      const answer = {
        challenge,
        client: client.id,
        publicKey: decodeKeyText(client.publicKey),
        signature: decodeKeyText(message.signature),
      }
      if (!verifyChallenge(answer, needs.verify))
        return turnAway('bad-signature', 'the signature is not over this challenge by this client')
      if (ended || gone) return
      cancelHello()
      line = { client: client.id, openedAt: clock.now(), send: channel.send, close: channel.close }
      const before = presence.join(line)
      if (before) endReplaced(before)
      const now = clock.now()
      channel.send({
        type: 'welcome',
        client: client.id,
        protocol: message.protocol,
        session: needs.access.issueSession(client.id, now + SESSION_MS),
        now,
      })
    }

    const checkIn = async (line: Line, message: Message<'check-in'>) => {
      const task = await needs.store.tasks.get(message.task)
      if (!task) return refuse(message, 'unknown-task', `there is no task ${message.task}`)
      presence.checkIn(line, task.id)
      tasks.add(task.id)
      await needs.announcements.tellNewest(task, line.client)
      if (await takeUp(line, task, message)) return
      const pace = await needs.paceOf(task)
      channel.send(
        pace.kind === 'standby'
          ? { type: 'standby', task: task.id }
          : { type: 'come-back', task: task.id, afterMs: pace.afterMs, reason: pace.reason },
      )
      needs.checkedIn(task.id)
    }

    /** A client that is a member of the task's open round is invited again; one whose round is over is told so. */
    const takeUp = async (
      line: Line,
      task: Task,
      { round: named }: Message<'check-in'>,
    ): Promise<boolean> => {
      const latest = await needs.store.rounds.latest(task.id)
      const open = latest && isOpen(latest) ? await needs.engine.view(latest.id) : undefined
      const member = open && (await needs.engine.member(open.id, line.client))
      const asked = open && member && (await needs.announcements.ask(open, member))
      if (named && !(asked && named === (member.invitation?.round ?? open.id))) await tellEnd(line, named)
      return asked ?? false
    }

    const tellEnd = async (line: Line, named: Message<'accept'>['round']) => {
      const { round, member, between } = (await needs.standings.of(named, line.client)) ?? {}
      if (!round || !member)
        return refuse(
          { type: 'check-in', round: named },
          'unknown-round',
          `${named} is no round of this client`,
        )
      // A client whose receipt was lost repeats its upload and is answered there; and one that has nothing to answer waits.
      if (between || (isOpen(round) && (member.status === 'received' || isIn(round, member)))) return
      line.send({ type: 'round-ended', round: named, outcome: outcomeOf(round) })
    }

    /** What a client says in a session is decided there; where it is not of it any more, the round goes on without it. */
    const say = async (line: Line, message: SecaggMessage): Promise<void> => {
      const { round } = message
      const known = await needs.engine.view(round)
      if (!known) return refuse(message, 'unknown-round', `there is no round ${round}`)
      const { client } = line
      const decision = await needs.engine.dispatch(round, { type: 'said-in-session', client, message })
      if (decision.kind !== 'refused') return
      if (decision.reason === 'not-invited') return refuse(message, decision.reason)
      // One whose vector is in is still of the round, even where enough others have answered for it.
      if ((await needs.engine.member(round, client))?.status === 'received') return
      const now = (await needs.engine.view(round)) ?? known
      line.send({ type: 'round-ended', round, outcome: outcomeOf(now) })
    }

    /** What no client of ours says ends its part in the sessions that it is in. */
    const garbled = async ({ client }: Line): Promise<void> => {
      for (const task of tasks) {
        const round = await needs.store.rounds.latest(task)
        if (round?.phase !== 'secure-training') continue
        await needs.engine.dispatch(round.id, {
          type: 'said-in-session',
          client,
          message: { type: 'malformed' },
        })
      }
    }

    const answer = async (
      line: Line,
      message: Message<'accept' | 'decline' | 'failed'>,
      happening: FarHappening,
    ): Promise<void> => {
      const { client } = line
      const decided = await needs.standings.decide(message.round, client, happening)
      if (!decided) return refuse(message, 'unknown-round', `there is no round ${message.round}`)
      const { standing, outcome: decision } = decided
      // Where it is between two rounds it goes on, and there is nothing that it would have to know.
      if (decision.kind !== 'refused' || standing.between) return
      // Its update came first, by another way, and may have ended the training: nothing is wrong.
      const overtaken =
        message.type === 'accept' &&
        (await needs.standings.of(message.round, client))?.member?.status === 'received'
      if (!overtaken && decision.reason !== 'dropped') refuse(message, decision.reason)
    }

    const heedProgress = async (message: Message<'progress'>, { client }: Line): Promise<void> => {
      const standing = await needs.standings.of(message.round, client)
      const { member } = standing ?? {}
      if (standing && member) needs.progress({ standing, member, message })
      else refuse(message, 'not-invited')
    }

    const hear = async (message: AfterHello, line: Line): Promise<void> => {
      switch (message.type) {
        case 'check-in':
          return checkIn(line, message)
        case 'accept':
          return answer(line, message, { type: 'accepted', client: line.client })
        case 'decline':
          return answer(line, message, { type: 'declined', client: line.client, reason: message.reason })
        case 'failed':
          return answer(line, message, { type: 'failed', client: line.client, reason: message.reason })
        case 'progress':
          return heedProgress(message, line)
        case 'secagg-advertise':
        case 'secagg-share':
        case 'secagg-confirm':
        case 'secagg-unmask':
        case 'secagg-refuse':
          return say(line, message)
        case 'leave':
          return presence.checkOut(line, message.task)
        default:
          return unreachable(message)
      }
    }

    const handle = async (message: ClientMessage) => {
      if (ended || (gone && needsPresence(message))) return
      if (message.type === 'authenticate') return authenticate(message)
      if (!line) return refuse(message, 'not-authenticated', 'authenticate first')
      return hear(message, line)
    }

    const inTurn = (during: string, work: () => Promise<void>) => {
      handling = handling.then(work).catch((error) => {
        needs.fault(error, { during })
        // The client waits for an answer that will not come; on a new line it asks again.
        hangUp('fault')
      })
    }

    channel.listen({
      message(message) {
        if (!allowance.take()) return refuse(message, 'too-many-messages', 'slow down')
        inTurn(message.type, () => handle(message))
      },
      malformed(problem) {
        refuse({ type: 'message' }, 'malformed', problem)
        const authenticated = line
        if (authenticated) inTurn('malformed', () => garbled(authenticated))
      },
      closed() {
        gone = true
        cancelHello()
        if (line) presence.drop(line)
      },
    })
    channel.send({
      type: 'challenge',
      coordinator: needs.coordinator,
      nonce: encodeNonce(challenge.nonce),
      protocols: [...PROTOCOL_VERSIONS],
    })
  },
})

/** Ends the line of a client that has opened another one. */
export const endReplaced = (line: Line): void => {
  line.send({
    type: 'refused',
    of: 'line',
    reason: 'replaced',
    detail: 'this client has opened another line',
  })
  line.close('replaced')
}

/** Of a secure round a member that has nothing to answer at present is in it all the same; and one that a buffered round has just taken over. */
const isIn = ({ phase, buffer }: Round, member: Member): boolean =>
  (phase === 'secure-training' || buffer !== undefined) && isAwaited(member)

const needsPresence = ({ type }: ClientMessage): boolean => type === 'authenticate' || type === 'check-in'
