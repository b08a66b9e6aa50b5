import {
  answerChallenge,
  challengeDigest,
  encodePublicKey,
  enrolmentDigest,
  enrolmentTokenHash,
  fromHex,
  identityFromSeed,
  modelDigest,
  proveEnrolment,
  signingBytes,
  signingDigest,
  signModel,
  stateWithdrawal,
  toHex,
  verifyChallenge,
  verifyEnrolment,
  verifyModel,
  verifyWithdrawal,
  withdrawalDigest,
} from '@tributary/protocols/crypto'
import {
  decodeSubmission,
  encodeSubmission,
  signSubmission,
  submissionDigest,
  verifySubmission,
} from '@tributary/protocols/updates'
import type * as z from 'zod'
import type { StatementVectors } from '../../../vectors/vectors.ts'

type Vectors = z.infer<typeof StatementVectors>

/** What clients sign, signed again and verified; and the submissions that are not to verify. */
export const remakeStatements = (vectors: Vectors): Vectors => {
  const seed = fromHex(vectors.identity.seed)
  const identity = identityFromSeed(seed)
  const { clientId, publicKey } = identity

  const { coordinator } = vectors.challenge
  const challenge = { coordinator, nonce: fromHex(vectors.challenge.nonce) }
  const answer = answerChallenge(identity, challenge)
  must(verifyChallenge({ challenge, client: clientId, publicKey, signature: answer }), 'the answer')

  const { token } = vectors.enrolment
  const tokenHash = enrolmentTokenHash(token)
  const proof = proveEnrolment(identity, token)
  must(verifyEnrolment({ tokenHash, publicKey, signature: proof }), 'the proof')

  return {
    description: vectors.description,
    signingBytes: vectors.signingBytes.map(({ domain, parts }) => ({
      domain,
      parts,
      bytes: toHex(signingBytes(domain, ...parts)),
      digest: toHex(signingDigest(domain, ...parts)),
    })),
    identity: { seed: toHex(identity.exportSeed()), publicKey: toHex(publicKey), clientId },
    challenge: {
      coordinator,
      nonce: vectors.challenge.nonce,
      client: clientId,
      digest: toHex(challengeDigest(challenge, clientId)),
      signature: toHex(answer),
    },
    enrolment: {
      token,
      tokenHash,
      digest: toHex(enrolmentDigest(tokenHash, publicKey)),
      signature: toHex(proof),
    },
    withdrawals: vectors.withdrawals.map(({ coordinator: name }) => {
      const signature = stateWithdrawal(identity, name)
      must(verifyWithdrawal({ client: clientId, coordinator: name, publicKey, signature }), 'the withdrawal')
      return {
        coordinator: name,
        client: clientId,
        digest: toHex(withdrawalDigest(clientId, name)),
        signature: toHex(signature),
      }
    }),
    models: vectors.models.map(({ statement }) => {
      const signature = signModel(identity, statement)
      must(
        verifyModel({ statement, publicKey: encodePublicKey(publicKey), signature }),
        `version ${statement.version}`,
      )
      return { statement, digest: toHex(modelDigest(statement)), signature }
    }),
    refusedModels: vectors.refusedModels.filter(
      ({ statement, signature }) =>
        !verifyModel({ statement, publicKey: encodePublicKey(publicKey), signature }),
    ),
    submissions: vectors.submissions.map(({ name, header }) => {
      const { signature: _, ...unsigned } = decodeSubmission(header)
      const submission = signSubmission(identity, unsigned)
      must(verifySubmission(submission, publicKey), name)
      const digest = toHex(submissionDigest(submission))
      return { name, submission, digest, header: encodeSubmission(submission) }
    }),
    refusedSubmissions: vectors.refusedSubmissions.filter(
      ({ publicKey, header }) => !verifySubmission(decodeSubmission(header), fromHex(publicKey)),
    ),
  }
}

const must = (verifies: boolean, what: string): void => {
  if (!verifies) throw new Error(`${what} does not verify`)
}
