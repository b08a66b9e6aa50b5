/** Rounds of raw clients, for tests that put one wrong thing among right ones. */
import { TaskId } from '@tributary/protocols'
import type { EnvelopePrimitives } from '@tributary/protocols/crypto'
import type { Invitation } from '@tributary/protocols/messages'
import { digestOf, encodeSafetensors, type TensorManifest, totalElements } from '@tributary/protocols/tensors'
import type { SealedUpdate } from '@tributary/protocols/updates'
import { expect } from 'vitest'
import { type Answer, checkIn, enrolRawClient, type RawClient, sealFor, upload } from './raw-client.ts'
import { referenceFedavg } from './reference-fedavg.ts'
import type { TestCoordinator } from './test-coordinator.ts'
import { vectorTask } from './test-tasks.ts'

export const TENSORS: TensorManifest = [
  { name: 'kernel', shape: [4, 3], dtype: 'F32' },
  { name: 'bias', shape: [3], dtype: 'F32' },
]

export type RawMember = RawClient & {
  invitation: Invitation
  /** What this client adds to every weight, and the examples it claims. */
  delta: Float32Array
  examples: number
  /** Its update, sealed anew with every call. */
  seal(): SealedUpdate
  submit(sealed?: SealedUpdate): Promise<Answer>
}

export type RawRound = AsyncDisposable & {
  id: string
  task: TaskId
  members: RawMember[]
  /** The first and the second of them, as most tests need no more. */
  one: RawMember
  other: RawMember
  /**
   * The round goes on: hands in the updates of all whose update is not in, and expects that the round completes with
   * the model that their updates make. Resolves when it owes nothing more.
   */
  completes(members?: readonly RawMember[]): Promise<void>
}

type Wishes = {
  clients?: number
  quorum?: number
  /** Updates with which the round has enough: all, unless said. */
  target?: number
  trainingSeconds?: number
  tensors?: TensorManifest
} & EnvelopePrimitives

let rounds = 0

/** A round of a new task, all of whose clients have been invited and none has answered. */
export const beginRawRound = async (
  { url, operator, ...coordinator }: Pick<TestCoordinator, 'url' | 'operator' | 'round' | 'settled'>,
  { clients: count = 2, target = count, tensors = TENSORS, ...wishes }: Wishes = {},
): Promise<RawRound> => {
  const task = TaskId.parse(`raw-${++rounds}`)
  const elements = totalElements(tensors)
  await operator.createTask(
    vectorTask({ id: task, clients: target, overSelection: count / target, tensors, ...wishes }),
  )
  const token = await operator.invite(count)
  const clients = await Promise.all(Array.from({ length: count }, () => enrolRawClient(url, token)))
  for (const client of clients) {
    await client.connect()
    client.send(checkIn(task))
  }
  const { id } = await operator.trigger(task)
  const members = await Promise.all(
    clients.map(async (client, i): Promise<RawMember> => {
      const invitation = await client.next('invitation')
      const delta = Float32Array.from({ length: elements }, (_, at) => Math.fround((i + 1) / (at + 3)))
      const examples = 10 + i
      const seal = () =>
        sealFor(client, invitation, encodeSafetensors({ tensors, values: delta }), { examples, ...wishes })
      const to = { round: invitation.round, client: client.id, token: invitation.session.token }
      return {
        ...client,
        invitation,
        delta,
        examples,
        seal,
        submit: (sealed = seal()) => upload(url, to, sealed),
      }
    }),
  )
  const [one, other] = members as [RawMember, RawMember]
  return {
    id,
    task,
    members,
    one,
    other,
    async completes(counted = members) {
      const detail = await operator.round(id)
      const isIn = (member: RawMember) =>
        detail.members.some(({ client, status }) => client === member.id && status === 'received')
      for (const member of counted)
        if (!isIn(member)) expect(await member.submit()).toMatchObject({ status: 200 })
      const { version, examples, tally } = await coordinator.round(id, 'completed')
      expect(tally.received).toBe(counted.length)
      expect(examples).toBe(counted.reduce((sum, member) => sum + member.examples, 0))
      const base = new Float32Array(elements).fill(1)
      const values = referenceFedavg(
        base,
        counted.map(({ id: client, ...update }) => ({ client, ...update })),
      )
      expect(version.digest).toBe(digestOf(encodeSafetensors({ tensors, values })))
      await coordinator.settled(id)
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.disconnect()
    },
  }
}
