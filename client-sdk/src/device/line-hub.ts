/**
 * One line for all tasks of a device: a client has no more than one (rule L6). Each participant has a `ClientLine` of its own and
 * knows nothing of the others. The first to be challenged answers for all; those that come later hear challenge and welcome again.
 */
import { RoundId, TaskId, taskOfRound, unreachable } from '@tributary/protocols'
import type { CoordinatorMessage, Session } from '@tributary/protocols/messages'
import type { ChannelListener, Clock } from '@tributary/protocols/platform'
import { type ClientLine, SPENT_LINE } from '../participation/index.ts'

type Needs = { connect(): ClientLine; clock: Clock }

type Heard<T extends CoordinatorMessage['type']> = Extract<CoordinatorMessage, { type: T }>

export type LineHub = {
  /** The task's own end of the line, on its way to being open. One a task at a time. */
  connect(task: TaskId): ClientLine
}

export const createLineHub = (needs: Needs): LineHub => {
  let trunk: Trunk | undefined
  return {
    connect(task) {
      if (!trunk || trunk.isOver()) trunk = openTrunk(needs)
      return trunk.branch(task)
    },
  }
}

type Trunk = { branch(task: TaskId): ClientLine; isOver(): boolean }

type Branch = {
  listener: ChannelListener<CoordinatorMessage> | undefined
  /** It has answered the challenge, and is in once there is a welcome. */
  answered: boolean
}

const openTrunk = ({ connect, clock }: Needs): Trunk => {
  const line = connect()
  const branches = new Map<TaskId, Branch>()
  let challenge: Heard<'challenge'> | undefined
  let answered = false
  let welcome: { message: Heard<'welcome'>; heardAt: number } | undefined
  /** The newest session that the coordinator has given on this line, to whichever task. */
  let session: Session | undefined
  let listening = false
  let over = false

  const end = (reason: string) => {
    if (over) return
    over = true
    const ended = [...branches.values()]
    branches.clear()
    for (const { listener } of ended) listener?.closed(reason)
  }
  const tellAll = (message: CoordinatorMessage) => {
    for (const { listener } of [...branches.values()]) listener?.message(message)
  }
  const tell = (task: TaskId, message: CoordinatorMessage) => branches.get(task)?.listener?.message(message)

  const route = (message: CoordinatorMessage) => {
    switch (message.type) {
      case 'challenge':
        challenge = message
        return tellAll(message)
      case 'welcome':
        welcome = { message, heardAt: clock.now() }
        session = message.session
        for (const branch of [...branches.values()]) if (branch.answered) branch.listener?.message(message)
        return
      case 'refused': {
        const { about } = message
        return about === undefined ? tellAll(message) : tell(taskAbout(about), message)
      }
      case 'invitation':
      case 'model-published':
        session = message.session
        return tell(message.task, message)
      case 'standby':
      case 'come-back':
        return tell(message.task, message)
      case 'round-ended':
      case 'secagg-roster':
      case 'secagg-bundles':
      case 'secagg-survivors':
      case 'secagg-confirmations':
        return tell(taskOfRound(message.round), message)
      default:
        return unreachable(message)
    }
  }

  /** A line begins when somebody listens, and is listened to once. */
  const listen = () => {
    if (listening) return
    listening = true
    line.listen({
      message: (message) => !over && route(message),
      malformed(problem) {
        if (!over) for (const { listener } of [...branches.values()]) listener?.malformed?.(problem)
      },
      closed: end,
    })
  }

  /** What was said before a branch came, said to it as if it came only now. */
  const repeat = (task: TaskId, branch: Branch, message: () => CoordinatorMessage) =>
    queueMicrotask(() => branches.get(task) === branch && branch.listener?.message(message()))

  const welcomeAgain = ({ message, heardAt }: NonNullable<typeof welcome>): Heard<'welcome'> => ({
    ...message,
    session: session ?? message.session,
    now: message.now + (clock.now() - heardAt),
  })

  return {
    isOver: () => over,
    branch(task) {
      if (branches.has(task)) throw new Error(`${task} has this line already`)
      const branch: Branch = { listener: undefined, answered: false }
      branches.set(task, branch)
      return {
        listen(listener) {
          if (branch.listener) throw new Error('this line has a listener already')
          branch.listener = listener
          if (challenge) {
            const heard = challenge
            repeat(task, branch, () => heard)
          }
          listen()
        },
        send(message) {
          if (over || branches.get(task) !== branch) return
          if (message.type !== 'authenticate') return line.send(message)
          branch.answered = true
          if (welcome) {
            const heard = welcome
            return repeat(task, branch, () => welcomeAgain(heard))
          }
          if (answered) return
          answered = true
          line.send(message)
        },
        close(reason = 'closed by this client') {
          if (branches.get(task) !== branch) return
          branches.delete(task)
          branch.listener?.closed(reason)
          if (reason !== SPENT_LINE && branches.size > 0) return
          // Before the line itself: whoever connects from here on needs a new one.
          end(reason)
          line.close(reason)
        },
      }
    },
  }
}

const taskAbout = (about: NonNullable<Heard<'refused'>['about']>): TaskId => {
  const round = RoundId.safeParse(about)
  return round.success ? taskOfRound(round.data) : TaskId.parse(about)
}
