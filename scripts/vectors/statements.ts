import { ClientId, Digest, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import {
  answerChallenge,
  challengeDigest,
  enrolmentDigest,
  enrolmentTokenHash,
  identityFromSeed,
  type ModelStatement,
  modelDigest,
  proveEnrolment,
  signingBytes,
  signingDigest,
  signModel,
  stateWithdrawal,
  toHex,
  withdrawalDigest,
} from '@tributary/protocols/crypto'
import { seededRandom } from '@tributary/protocols/runtime'
import {
  type Claims,
  encodeSubmission,
  type Submission,
  signSubmission,
  submissionDigest,
  type UnsignedSubmission,
} from '@tributary/protocols/updates'

export const statementVectors = () => ({
  description:
    'What clients sign, and what a coordinator signs of a model version. Signed bytes are each part behind its length (big-endian uint32), the domain first; the signature is Ed25519 over their SHA-256. Byte strings are hex; signatures in submissions and of models are base64url as on the wire.',
  signingBytes: partLists.map(([domain, ...parts]) => ({
    domain,
    parts,
    bytes: toHex(signingBytes(domain, ...parts)),
    digest: toHex(signingDigest(domain, ...parts)),
  })),
  identity: { seed: toHex(alice.exportSeed()), publicKey: toHex(alice.publicKey), clientId: alice.clientId },
  challenge: {
    coordinator: challenge.coordinator,
    nonce: toHex(challenge.nonce),
    client: alice.clientId,
    digest: toHex(challengeDigest(challenge, alice.clientId)),
    signature: toHex(answerChallenge(alice, challenge)),
  },
  enrolment: {
    token: TOKEN,
    tokenHash: enrolmentTokenHash(TOKEN),
    digest: toHex(enrolmentDigest(enrolmentTokenHash(TOKEN), alice.publicKey)),
    signature: toHex(proveEnrolment(alice, TOKEN)),
  },
  withdrawals: [challenge.coordinator, ''].map((coordinator) => ({
    coordinator,
    client: alice.clientId,
    digest: toHex(withdrawalDigest(alice.clientId, coordinator)),
    signature: toHex(stateWithdrawal(alice, coordinator)),
  })),
  models: models.map((statement) => ({
    statement,
    digest: toHex(modelDigest(statement)),
    signature: signModel(alice, statement),
  })),
  refusedModels: changedModels().map(([description, statement]) => ({
    description,
    statement,
    signature: signModel(alice, model),
  })),
  submissions: claims.map(([name, claimed]) => submissionCase(name, claimed)),
  refusedSubmissions: changes().map(([description, submission]) => ({
    description,
    publicKey: toHex(alice.publicKey),
    header: encodeSubmission(submission),
  })),
})

const chance = seededRandom('tributary vectors: statements')
const alice = identityFromSeed(chance.fork('alice').bytes(32))
const bob = identityFromSeed(chance.fork('bob').bytes(32))
const challenge = { coordinator: 'coordinator-1', nonce: chance.fork('nonce').bytes(32) }
const TOKEN = 'an-enrolment-token'

const model: ModelStatement = {
  coordinator: 'coordinator-1',
  task: TaskId.parse('digits'),
  version: ModelVersion.parse(12),
  weights: { digest: Digest.parse(`sha256:${'a1'.repeat(32)}`), bytes: 407_080 },
  assignment: { digest: Digest.parse(`sha256:${'b2'.repeat(32)}`), bytes: 1_234 },
}
const models: ModelStatement[] = [
  model,
  { ...model, coordinator: 'é 模型', version: ModelVersion.parse(2_147_483_647) },
]

/** Each differs in one thing from what Alice signed. */
const changedModels = (): [string, ModelStatement][] => [
  ['another coordinator', { ...model, coordinator: 'coordinator-2' }],
  ['another task', { ...model, task: TaskId.parse('words') }],
  ['a newer version', { ...model, version: ModelVersion.parse(13) }],
  ['other weights', { ...model, weights: { ...model.weights, digest: model.assignment.digest } }],
  ['weights of another length', { ...model, weights: { ...model.weights, bytes: 407_081 } }],
  ['another assignment', { ...model, assignment: { ...model.assignment, digest: model.weights.digest } }],
  ['an assignment of another length', { ...model, assignment: { ...model.assignment, bytes: 1_235 } }],
]

const partLists: readonly [string, ...string[]][] = [
  ['tributary example v1'],
  ['tributary example v1', ''],
  ['tributary example v1', 'ab', 'c'],
  ['tributary example v1', 'a', 'bc'],
  ['tributary example v1', 'é 模型'],
]

const unsigned = (claimed: Claims): UnsignedSubmission => ({
  task: TaskId.parse('digits'),
  round: RoundId.parse('digits.12'),
  client: alice.clientId,
  model: Digest.parse(`sha256:${'a1'.repeat(32)}`),
  envelope: Digest.parse(`sha256:${'b2'.repeat(32)}`),
  envelopeBytes: 123_456,
  claims: claimed,
})

const claims: readonly [string, Claims][] = [
  ['examples alone', { examples: 1, metrics: {} }],
  [
    'everything',
    { examples: 600, trainMs: 812.5, metrics: { loss: 0.1, accuracy: 0.975, 'val/loss': -1e-7 } },
  ],
  [
    'the largest numbers',
    { examples: 2_147_483_647, trainMs: 0, metrics: { huge: 1.7976931348623157e308, zero: 0 } },
  ],
]

const submissionCase = (name: string, claimed: Claims) => {
  const submission = signSubmission(alice, unsigned(claimed))
  return {
    name,
    submission,
    digest: toHex(submissionDigest(submission)),
    header: encodeSubmission(submission),
  }
}

/** Each is Alice's submission with one thing changed after she signed. */
const changes = (): [string, Submission][] => {
  const signed = signSubmission(alice, unsigned({ examples: 600, trainMs: 812.5, metrics: { loss: 0.1 } }))
  return [
    ['another task and round', { ...signed, task: TaskId.parse('words'), round: RoundId.parse('words.12') }],
    ['another round', { ...signed, round: RoundId.parse('digits.13') }],
    ['another client', { ...signed, client: bob.clientId }],
    ['another model', { ...signed, model: Digest.parse(`sha256:${'a2'.repeat(32)}`) }],
    ['another envelope', { ...signed, envelope: Digest.parse(`sha256:${'b3'.repeat(32)}`) }],
    ['another size', { ...signed, envelopeBytes: 123_457 }],
    ['more examples', { ...signed, claims: { ...signed.claims, examples: 601 } }],
    ['no time', { ...signed, claims: { examples: 600, metrics: { loss: 0.1 } } }],
    ['another metric', { ...signed, claims: { ...signed.claims, metrics: { loss: 0.2 } } }],
    ['a metric more', { ...signed, claims: { ...signed.claims, metrics: { loss: 0.1, extra: 0 } } }],
    [
      'signed by someone else',
      {
        ...signed,
        signature: signSubmission(bob, { ...signed, client: ClientId.parse(bob.clientId) }).signature,
      },
    ],
  ]
}
