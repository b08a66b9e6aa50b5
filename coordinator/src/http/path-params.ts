/** The parameters of paths, as schemas. */
import { ClientId, Digest, type RoundId, TaskId } from '@tributary/protocols'
import { RoundParam, roundOfPath, VersionParam, WebhookId } from '@tributary/protocols/rest'
import * as z from 'zod'
import { deny } from './problem.ts'

export const TaskPath = z.object({ task: TaskId })
export const RoundPath = z.object({ task: TaskId, round: RoundParam })
export const UpdatePath = z.object({ task: TaskId, round: RoundParam, client: ClientId })
export const ModelPath = z.object({ task: TaskId, version: VersionParam })
export const BlobPath = z.object({ digest: Digest })
export const ClientPath = z.object({ client: ClientId })
export const TokenId = z
  .string()
  .regex(/^[0-9a-f]{24}$/, 'a token’s id is its 24 hex digits: the part after tro_ or tre_')
export const TokenPath = z.object({ token: TokenId })
export const WebhookPath = z.object({ webhook: WebhookId })
export const DeliveryPath = z.object({
  webhook: WebhookId,
  delivery: z.string().regex(/^msg_[0-9a-f]{32}$/, 'a delivery is named as in msg_ and 32 hex digits'),
})

/** The round a path names. @throws DeniedError `not-found` where it is the id of another task's round. */
export const roundIn = ({ task, round }: { task: TaskId; round: RoundParam }): RoundId => {
  const id = roundOfPath(task, round)
  if (id) return id
  throw deny('not-found', `Round ${round} is not one of task ${task}.`, { about: { task, round } })
}
