/** Whoever runs a world's task: enrols its clients, creates it, begins and abandons rounds. */
import {
  type Coordinator,
  isRefusal,
  LeaseLostError,
  type Refusal,
  StoppingError,
} from '@tributary/coordinator'
import { encodePublicKey, encodeSignature, type Identity, proveEnrolment } from '@tributary/protocols/crypto'
import type { Clock } from '@tributary/protocols/runtime'
import type { TaskFile } from '@tributary/protocols/task'
import type { Serving } from './faulty-bulk.ts'
import { isPlanted } from './mischief.ts'
import type { Timeline } from './timeline.ts'
import type { Witness } from './witness.ts'

export type Operator = {
  enrol(identity: Identity): Promise<void>
  createTask(): Promise<void>
  /** Asks for a round now. */
  trigger(): void
  /** Abandons the newest round, whatever it is at. */
  abandonNewest(): void
}

export const createOperator = ({
  timeline,
  wall,
  witness,
  serving,
  file,
  noted,
}: {
  timeline: Timeline
  wall: Clock
  witness: Witness
  serving(): Serving | undefined
  file: TaskFile
  noted(what: string): void
}): Operator => {
  const services = (): Coordinator['services'] => {
    const server = serving()
    if (!server) throw new Error('no coordinator serves')
    return server.coordinator.services
  }
  const done = async <T>(work: Promise<T | Refusal>, what: string): Promise<T> => {
    const answer = await timeline.settle(work, what)
    if (isRefusal(answer)) throw new Error(`${what}: ${answer.detail}`)
    return answer
  }
  /** What is asked for in the midst of trouble may meet it. */
  const ask = (what: string, work: (services: Coordinator['services']) => Promise<unknown>) => {
    const server = serving()
    if (!server) return
    work(server.coordinator.services).catch((error: unknown) => {
      if (server.life.over() || isPlanted(error)) return
      if (!(error instanceof StoppingError) && !(error instanceof LeaseLostError))
        witness.report(`${what} met ${String(error)}`)
    })
  }
  return {
    async enrol(identity) {
      const { clients } = services()
      const expiresAt = wall.now() + 3_600_000
      const invited = await done(clients.invite({ name: 'world', uses: 1, expiresAt }, ADMIN), 'inviting')
      const publicKey = encodePublicKey(identity.publicKey)
      const proof = encodeSignature(proveEnrolment(identity, invited.secret))
      await done(clients.enrol({ token: invited.secret, publicKey, proof }), 'enrolling')
    },
    async createTask() {
      await done(services().tasks.create(file, ADMIN), 'creating the task')
    },
    trigger() {
      if (!witness.finished()) ask('triggering', ({ rounds }) => rounds.trigger(file.id, ADMIN))
    },
    abandonNewest() {
      const newest = [...witness.rounds.values()].at(-1)
      if (!newest) return
      noted(`an operator abandons ${newest.id}`)
      ask('abandoning', ({ rounds }) => rounds.abandon(newest.task, newest.id, 'enough of it', ADMIN))
    },
  }
}

const ADMIN = { id: 'operator', name: 'operator', role: 'admin' } as const
