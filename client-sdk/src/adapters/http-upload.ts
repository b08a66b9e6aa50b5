/** A sealed update over HTTP: one attempt. It is repeated by the machine, which knows when the round is over. */

import { ClientId, Digest, RoundId } from '@tributary/protocols'
import { clientPaths } from '@tributary/protocols/plain-round'
import type { Clock } from '@tributary/protocols/platform'
import { encodeSubmission, SUBMISSION_HEADER } from '@tributary/protocols/updates'
import * as z from 'zod/mini'
import type { Bulk, Upload, UploadAnswer } from '../ports/bulk.ts'
import type { Endpoints } from './endpoints.ts'
import type { Fetch } from './http-download.ts'
import { jsonFrom, transferProblemOf } from './http-problem.ts'
import { patience } from './patience.ts'

type Needs = { endpoints: Endpoints; fetch: Fetch; clock: Clock; stallMs: number }

/** fetch does not tell how far an upload has come, so its patience grows with the bytes: this is slow 2G. */
const SLOWEST_BYTES_PER_MS = 4

export const createUpload =
  ({ endpoints, fetch, clock, stallMs }: Needs): Bulk['upload'] =>
  async ({ round, client, submission, envelope, session }, signal) => {
    const waiting = patience(clock, stallMs + envelope.length / SLOWEST_BYTES_PER_MS, signal)
    try {
      const response = await fetch(endpoints.rest(clientPaths.update(round, client)), {
        method: 'PUT',
        // An update is for the coordinator this client was given, not for wherever somebody points it.
        redirect: 'error',
        headers: {
          authorization: `Bearer ${session.token}`,
          'content-type': 'application/octet-stream',
          [SUBMISSION_HEADER]: encodeSubmission(submission),
        },
        // The type of `body` does not admit shared memory; envelopes never are.
        body: envelope as Uint8Array<ArrayBuffer>,
        signal: waiting.signal,
      })
      return response.ok
        ? receiptOf(await jsonFrom(response), { round, client })
        : await transferProblemOf(response, clock.now())
    } catch {
      signal.throwIfAborted()
      return { kind: 'interrupted' }
    } finally {
      waiting.done()
    }
  }

/** What is read of a `SubmissionReceiptView`. */
const Receipt = z.object({ round: RoundId, client: ClientId, envelope: Digest, receivedAt: z.string() })

/**
 * An answer that is not a receipt for this round (a captive portal's page, say) acknowledges nothing. The envelope it
 * names may be an earlier one: the first update that was counted stands, and is what any later one is answered with.
 */
const receiptOf = (answered: unknown, { round, client }: Pick<Upload, 'round' | 'client'>): UploadAnswer => {
  const receipt = Receipt.safeParse(answered)
  if (!receipt.success || receipt.data.round !== round || receipt.data.client !== client)
    return { kind: 'interrupted' }
  const { envelope } = receipt.data
  const receivedAt = Date.parse(receipt.data.receivedAt)
  if (Number.isNaN(receivedAt)) return { kind: 'interrupted' }
  return { kind: 'received', receipt: { round, client, envelope, receivedAt } }
}
