import { SubmissionReceiptView, timestampOf } from '@tributary/protocols/rest'
import {
  decodeSubmission,
  SUBMISSION_HEADER,
  type Submission,
  SubmissionFormatError,
} from '@tributary/protocols/updates'
import * as z from 'zod'
import type { Services } from '../../services.ts'
import { clientOf } from '../access.ts'
import type { Api } from '../api.ts'
import { BYTES, byteBody } from '../byte-stream.ts'
import { roundIn, UpdatePath } from '../path-params.ts'
import { deny, granted } from '../problem.ts'

const HEADER = 'tributary-submission'

export const putUpdate = (api: Api, { submissions }: Pick<Services, 'submissions'>): void => {
  api.route({
    method: 'PUT',
    url: '/tasks/:task/rounds/:round/updates/:client',
    config: {
      access: { kind: 'clients' },
      everyday: true,
      refuses: [
        'forbidden',
        'not-found',
        'not-invited',
        'bad-signature',
        'round-over',
        'wrong-model',
        'too-large',
        'unsupported-media-type',
        'wrong-round',
        'wrong-client',
        'wrong-digest',
        'not-openable',
        'bad-tensors',
        'bad-compression',
        'bad-vector',
        'wrong-claims',
        'storage-full',
        'unavailable',
      ],
    },
    schema: {
      operationId: 'putUpdate',
      tags: ['rounds'],
      summary: "Hand in a client's sealed update",
      description:
        'The body is the sealed envelope. It is durable when the answer comes; sending the same again is answered the same.',
      consumes: [BYTES],
      params: UpdatePath,
      headers: z.object({
        [HEADER]: z.string(`send the signed submission in the header ${SUBMISSION_HEADER}`),
      }),
      response: { 200: SubmissionReceiptView },
    },
    handler: async (request) => {
      const { task, client } = request.params
      const round = roundIn(request.params)
      if (clientOf(request) !== client)
        throw deny(
          'forbidden',
          `This session is of client ${clientOf(request)}; it cannot hand in for ${client}.`,
        )
      const submission = submissionOf(request.headers[HEADER])
      const { announcedBytes, chunks } = byteBody(request)
      const receipt = granted(
        await submissions.receive({ task, round, client, submission, announcedBytes, body: chunks }),
      )
      return { ...receipt, receivedAt: timestampOf(receipt.receivedAt) }
    },
  })
}

const submissionOf = (header: string): Submission => {
  try {
    return decodeSubmission(header)
  } catch (error) {
    if (!(error instanceof SubmissionFormatError)) throw error
    throw deny('invalid', error.message, {
      mistakes: [{ path: `headers.${HEADER}`, message: error.message }],
    })
  }
}
