import {
  type ClientId,
  type ModelVersion,
  type RoundId,
  type TaskId,
  unreachable,
} from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import { messageFor, rowsOfGroup } from '@tributary/protocols/secagg'
import type { Presence } from '../clients/presence.ts'
import type { ModelSigner } from '../models/model-signer.ts'
import type { ModelRecord, Task } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { isAwaited, type Member } from '../round/member.ts'
import { isOpen, type Round, type SecureTraining, type Training } from '../round/round.ts'
import { groupOf, groupWith } from '../round/secure-groups.ts'
import type { AccessService } from '../services.ts'
import { carriedFrom } from './carried.ts'
import type { Engine } from './engine.ts'
import { outcomeOf } from './outcome.ts'

/** Something that clients are to be told. What exactly, and whom, follows from the tables. */
export type Notice =
  /** The members whose update is awaited are invited. */
  | { kind: 'invited'; round: RoundId }
  /** The members of a secure round who have not answered its step are asked; those it has dropped hear so. */
  | { kind: 'asked'; round: RoundId }
  /** The members whose update is not needed hear that the round has closed. */
  | { kind: 'closed'; round: RoundId }
  /** All members hear how the round ended; where it completed, all that wait hear of the new version. */
  | { kind: 'ended'; round: RoundId }
  /** All that wait hear of the task's newest version. */
  | { kind: 'published'; task: TaskId }

/** What clients are told that needs more than the round: where the bytes are, and a session to fetch them with. */
export type Announcements = {
  /** Tells whoever of them is on a line of this process. A notice that is no longer true tells nobody. */
  deliver(notice: Notice): Promise<void>
  /** Tells one member what is asked of it, if it is on the line and anything is: whether it is. */
  ask(round: Round, member: Member): Promise<boolean>
  /** Tells one client of the newest version, if there is one. */
  tellNewest(task: Task, client: ClientId): Promise<void>
}

/** Sessions outlive the deadline by this much: an upload may begin before it and end after. */
const SESSION_GRACE_MS = 5 * 60_000
const PUBLISH_SESSION_MS = 60 * 60_000

/** Until when an update may begin to come: of a secure round, two steps and the training lie beyond the step it is in. */
const uploadBy = (deadlineAt: number, { file }: Task): number =>
  file.privacy.mode === 'secure-aggregation'
    ? deadlineAt + 1_000 * (2 * file.privacy.stepSeconds + file.cohort.trainingSeconds)
    : deadlineAt

export const createAnnouncements = ({
  clock,
  store,
  presence,
  access,
  signer,
  session,
}: {
  clock: Clock
  store: Pick<Store, 'tasks' | 'models' | 'rounds' | 'members'>
  presence: Presence
  access: Pick<AccessService, 'issueSession'>
  signer: Pick<ModelSigner, 'sign'>
  session: Engine['session']
}): Announcements => {
  const published = (task: Task, model: ModelRecord, client: ClientId) =>
    presence.line(client)?.send({
      type: 'model-published',
      task: task.id,
      model: { version: model.version, ...model.weights },
      assignment: task.assignment,
      signature: signer.sign(task, model),
      session: access.issueSession(client, clock.now() + PUBLISH_SESSION_MS),
    })

  /** Until when, and what of a secure round this client's group commits to. */
  const asked = (
    round: Training | SecureTraining,
    task: Task,
    { client, invitation }: Pick<Member, 'client' | 'invitation'>,
  ) => {
    const group = round.phase === 'secure-training' ? groupWith(round, client) : undefined
    const at = invitation
      ? invitation.at + 1_000 * task.file.cohort.trainingSeconds
      : (group?.deadlineAt ?? round.deadlineAt)
    return {
      deadline: { at, inMs: Math.max(0, Math.round(at - clock.now())) },
      session: access.issueSession(client, uploadBy(at, task) + SESSION_GRACE_MS),
      ...(group
        ? { manifest: group.session.manifest }
        : round.clip !== undefined && { clipNorm: round.clip }),
    }
  }

  const invite = async (
    round: Training | SecureTraining,
    members: readonly Pick<Member, 'client' | 'invitation'>[],
  ) => {
    const here = members.filter(({ client }) => presence.line(client))
    if (here.length === 0) return
    const task = await store.tasks.get(round.task)
    const models = new Map<ModelVersion, ModelRecord | undefined>()
    for (const member of here) {
      const to = member.invitation ?? { round: round.id, base: round.base, publicKey: round.publicKey }
      const { version } = to.base
      if (!models.has(version)) models.set(version, await store.models.get(round.task, version))
      const model = models.get(version)
      if (!task || !model) throw new Error(`round ${round.id} has no task or no base model`)
      const carried = carriedFrom(task.file, model)
      presence.line(member.client)?.send({
        type: 'invitation',
        round: to.round,
        task: round.task,
        model: { version: model.version, ...model.weights },
        assignment: task.assignment,
        signature: signer.sign(task, model),
        publicKey: to.publicKey,
        ...(carried && { carried }),
        ...asked(round, task, member),
      })
    }
  }

  /** Asks those of these clients who have not answered the step of a secure round; the first step's question is the invitation. */
  const askStep = async (id: RoundId, clients: readonly ClientId[]): Promise<ClientId[]> => {
    const here = clients.filter(presence.line)
    const { round, rows } = (here.length > 0 && (await session(id))) || {}
    if (!rows || round?.phase !== 'secure-training') return []
    const asked = here.flatMap((client) => {
      const group = groupOf(round, client)
      const message = messageFor(groupWith(round, client).session, rowsOfGroup(rows, group), client)
      return message ? [{ client, message }] : []
    })
    await invite(
      round,
      asked.flatMap(({ client, message }) => (message.type === 'secagg-manifest' ? [{ client }] : [])),
    )
    for (const { client, message } of asked)
      if (message.type !== 'secagg-manifest') presence.line(client)?.send(message)
    return asked.map(({ client }) => client)
  }

  const members = (round: Round): Promise<Member[]> => store.members.ofRound(round.id)

  /** Of a buffered round, only those who have not said yet that they heard: it invites time and again. */
  const toInvite = async (round: Training): Promise<Member[]> =>
    (await members(round)).filter((member) =>
      round.buffer ? member.status === 'invited' : isAwaited(member),
    )

  /** Whom the end of a round concerns: in a buffered one, whoever is at work goes on. */
  const concerned = async (round: Round): Promise<Member[]> =>
    (await members(round)).filter((member) => !round.buffer || !isAwaited(member))

  const tellEnded = (these: readonly Member[], round: Round) => {
    const outcome = outcomeOf(round)
    for (const { client, invitation } of these)
      presence.line(client)?.send({ type: 'round-ended', round: invitation?.round ?? round.id, outcome })
  }

  /** Whoever the round before has left at work and this one has not taken over. */
  const passedOver = async (round: Training): Promise<Member[]> => {
    const { follows } = round.buffer ?? {}
    const taken = new Set(
      (await members(round)).map(({ invitation, client }) => `${invitation?.round} ${client}`),
    )
    return (follows ? await store.members.ofRound(follows) : []).filter(
      (member) => isAwaited(member) && !taken.has(`${member.invitation?.round} ${member.client}`),
    )
  }

  const tellClosed = async (round: Round) => {
    if (round.buffer)
      return round.phase === 'training' ? tellEnded(await passedOver(round), round) : undefined
    return round.phase === 'aggregating'
      ? tellEnded((await members(round)).filter(isAwaited), round)
      : undefined
  }

  const publish = async (id: TaskId) => {
    const task = await store.tasks.get(id)
    const model = await store.models.latest(id)
    if (!task || !model) return
    for (const client of presence.waiting(id)) published(task, model, client)
  }

  return {
    async ask(round, member) {
      if (round.phase === 'secure-training') return (await askStep(round.id, [member.client])).length > 0
      if (round.phase !== 'training' || !isAwaited(member)) return false
      await invite(round, [member])
      return true
    },
    async deliver(notice) {
      if (notice.kind === 'published') return publish(notice.task)
      const round = await store.rounds.get(notice.round)
      if (!round) return
      switch (notice.kind) {
        case 'invited':
          return round.phase === 'training' ? invite(round, await toInvite(round)) : undefined
        case 'asked': {
          if (round.phase !== 'secure-training') return
          const all = await members(round)
          tellEnded(
            all.filter(({ status }) => status === 'dropped'),
            round,
          )
          await askStep(
            round.id,
            all.map(({ client }) => client),
          )
          return
        }
        case 'closed':
          return tellClosed(round)
        case 'ended':
          if (isOpen(round)) return
          tellEnded(await concerned(round), round)
          return round.phase === 'completed' ? publish(round.task) : undefined
        default:
          return unreachable(notice)
      }
    },
    async tellNewest(task, client) {
      const model = await store.models.latest(task.id)
      if (model) published(task, model, client)
    },
  }
}
