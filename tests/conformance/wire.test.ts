/**
 * The coordinator, over real sockets, against a client that shares no code with it. What passes here can be written
 * from docs/protocol.md alone.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import {
  challengeAnswer,
  digestOf,
  enrolmentProof,
  type HandMadeIdentity,
  type HandMadeSubmission,
  type HandMadeTensor,
  isModelSigned,
  newIdentity,
  safetensorsByHand,
  sealByHand,
  submissionHeader,
  valuesByHand,
} from './by-hand.ts'
import { type HandMadeLine, type HandMadeMessage, openLineByHand } from './line-by-hand.ts'

const TENSORS = [
  { name: 'w', shape: [2, 2] },
  { name: 'b', shape: [2] },
]

let coordinator: TestCoordinator
let token: string
beforeAll(async () => {
  coordinator = await startCoordinator()
  token = await coordinator.operator.invite(100)
})
afterAll(() => coordinator[Symbol.asyncDispose]())

describe('a client written from docs/protocol.md', () => {
  test('[K1] [K3] enrols by a proof of its key, and again with the same answer', async () => {
    const identity = newIdentity()
    const first = await enrol(identity)
    expect(first.status).toBe(201)
    expect(first.body).toMatchObject({ id: identity.id, status: 'active' })
    expect(await enrol(identity)).toEqual(first)
    const forged = await enrol(newIdentity(), enrolmentProof(identity, token))
    expect([forged.status, forged.body.type]).toEqual([403, 'urn:tributary:problem:bad-signature'])
  })

  test('[L1] [L3] [S1] [S2] [K2] [K4] is challenged and welcomed', async () => {
    const identity = newIdentity()
    await enrol(identity)
    const line = await openLineByHand(coordinator.url)
    const challenge = await line.hear()
    expect(challenge).toEqual({
      type: 'challenge',
      coordinator: expect.any(String),
      nonce: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      protocols: [1],
    })
    line.say(authenticate(identity, challenge))
    expect(await line.hear()).toEqual({
      type: 'welcome',
      client: identity.id,
      protocol: 1,
      session: { token: expect.any(String), expiresAt: expect.any(Number) },
      now: expect.any(Number),
    })
    line.emit('progress', { type: 'progress' })
    expect(await line.hear()).toMatchObject({ type: 'refused', of: 'message', reason: 'malformed' })
    line.close()
  })

  test('[S6] [S7] [S8] [U1] [U4] [U5] [U9] [D1] [E1] [E2] [E3] [E4] [T2] [T5] [T7] [T8] [R13] takes part in a round, and it makes the mean', async () => {
    const [task, one, two] = await aTask('whole')
    const [first, second] = [await take(task, one), await take(task, two)]
    const base = valuesByHand(await download(first, first.invitation.model.digest))
    const assignment = JSON.parse((await download(first, first.invitation.assignment.digest)).toString())
    expect(assignment.model.tensors.map(({ name, shape }: HandMadeTensor) => ({ name, shape }))).toEqual(
      TENSORS,
    )
    expect(Object.keys(assignment)).toEqual(['model', 'plan'])

    const uploads = [
      [first, [1, 0, 0, 0, 0, 4], 1],
      [second, [0, 1, 0, 0, 0, 8], 3],
    ] as const
    for (const [client, delta, examples] of uploads) {
      const upload = anUpload(client, { delta: [...delta], examples })
      const { status, body } = await put(client, upload)
      expect([status, body]).toEqual([
        200,
        {
          round: client.invitation.round,
          client: client.identity.id,
          envelope: upload.submission.envelope,
          receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        },
      ])
    }
    const published = [await heard(first.line, 'round-ended'), await heard(first.line, 'model-published')]
    expect(published).toMatchObject([
      { round: first.invitation.round, outcome: { kind: 'completed', version: 2 } },
      { task, model: { version: 2 } },
    ])
    const made = valuesByHand(await download(first, (published[1] as unknown as PublishedModel).model.digest))
    const mean = [0.25, 0.75, 0, 0, 0, 7]
    expect(made).toEqual(base.map((value, i) => Math.fround(value + (mean[i] ?? Number.NaN))))
  })

  test('[S12] [K3] [K10] is told the key of its coordinator, which has signed the model that it is sent', async () => {
    const identity = newIdentity()
    const { body } = await enrol(identity)
    expect(body.coordinator).toEqual({
      id: expect.any(String),
      publicKey: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    })
    const [task, one, two] = await aTask('signed')
    const { invitation } = await take(task, one)
    expect(isModelSigned(body.coordinator, invitation)).toBe(true)
    two.line.say({ type: 'check-in', task })
    const published = (await heard(two.line, 'model-published')) as unknown as Invitation
    expect(published.signature).toBe(invitation.signature)
    const another = { ...invitation, model: { ...invitation.model, version: 2 } }
    expect(isModelSigned(body.coordinator, another)).toBe(false)
    const shown = await coordinator.operator.call('GET', `/api/v1/tasks/${task}/models/1`)
    expect(shown.body).toMatchObject({
      signed: {
        coordinator: body.coordinator,
        assignment: invitation.assignment,
        signature: invitation.signature,
      },
    })
  })

  test('[E2] [E8] an update of several frames opens', async () => {
    const shape = [300, 300]
    const [task, one] = await aTask('frames', [{ name: 'w', shape }])
    const client = await take(task, one)
    const upload = anUpload(client, {
      delta: Array.from({ length: 90_000 }, (_, i) => i % 7),
      tensors: [{ name: 'w', shape }],
    })
    const file = upload.body.length - 52 - 2 * 16
    expect(Math.ceil(file / 262_144)).toBe(2)
    expect((await put(client, upload)).status).toBe(200)
  })
})

describe('[U8] an update that was counted stands', () => {
  test('the same bytes again, and others instead, are answered with its receipt, also when the round is over', async () => {
    const [task, one, two] = await aTask('again')
    const [client, other] = [await take(task, one), await take(task, two)]
    const upload = anUpload(client)
    const first = await put(client, upload)
    expect(first.status).toBe(200)
    expect(await put(client, upload)).toEqual(first)
    expect(await put(client, anUpload(client, { examples: 9 }))).toEqual(first)
    await put(other, anUpload(other))
    await heard(client.line, 'round-ended')
    expect(await put(client, upload)).toEqual(first)
  })
})

describe('[U6] [U11] a refusal without the body', () => {
  test.each<[number, string, (mine: Taken, other: Taken) => Parameters<typeof put>]>([
    [401, 'unauthenticated', (mine) => [mine, anUpload(mine), { session: 'trs_nothing_of_the_kind' }]],
    [403, 'forbidden', (mine, other) => [mine, anUpload(mine), { session: other.invitation.session.token }]],
    [415, 'unsupported-media-type', (mine) => [mine, anUpload(mine), { type: 'text/plain' }]],
    [400, 'invalid', (mine) => [mine, anUpload(mine), { header: 'bm90IGpzb24' }]],
    [400, 'invalid', (mine) => [mine, anUpload(mine), { header: 'a'.repeat(4_096) }]],
    [404, 'not-found', (mine) => [mine, anUpload(mine), { round: '999' }]],
    [422, 'wrong-client', (mine, other) => [mine, anUpload(other)]],
    [422, 'wrong-round', (mine) => [mine, anUpload(mine, { claim: { round: `${mine.invitation.task}.7` } })]],
    [409, 'wrong-model', (mine) => [mine, anUpload(mine, { claim: { model: digestOf(Buffer.of(1)) } })]],
    [413, 'too-large', (mine) => [mine, anUpload(mine, { claim: { envelopeBytes: 100_000 } })]],
    [403, 'bad-signature', (mine) => [mine, anUpload(mine, { signer: newIdentity() })]],
    [
      403,
      'bad-signature',
      (mine) => [mine, anUpload(mine, { unsigned: { claims: { examples: 2, metrics: {} } } })],
    ],
  ])('%i %s', async (status, word, attempt) => {
    const [task, one, two] = await aTask()
    const answer = await put(...attempt(await take(task, one), await take(task, two)))
    expect([answer.status, answer.body]).toEqual([
      status,
      expect.objectContaining({ type: `urn:tributary:problem:${word}`, status, detail: expect.any(String) }),
    ])
  })

  test('403 not-invited', async () => {
    const [task, one, two] = await aTask()
    const mine = await take(task, one)
    await take(task, two)
    const stranger = await aClient()
    const answer = await put({ ...mine, ...stranger }, anUpload({ ...mine, ...stranger }), {
      session: stranger.session,
    })
    expect([answer.status, answer.body.type]).toEqual([403, 'urn:tributary:problem:not-invited'])
  })
})

test('[V3] [U3] [E8] an update has the size that its tensors give it, and is too large with 16 KiB of header more', async () => {
  const [task, one, two] = await aTask()
  const mine = await take(task, one)
  await take(task, two)
  const upload = anUpload(mine)
  const header = JSON.stringify({
    w: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
    b: { dtype: 'F32', shape: [2], data_offsets: [16, 24] },
  })
  expect(upload.body[0]).toBe(1)
  expect(upload.body.length).toBe(52 + 16 + 8 + Math.ceil(header.length / 8) * 8 + 24)
  const most = upload.body.length + 16_384
  const grown = (bytes: number) =>
    anUpload(mine, { change: (body) => Buffer.concat([body, Buffer.alloc(bytes - body.length)]) })
  const answers = [await put(mine, grown(most)), await put(mine, grown(most + 1))]
  expect(answers.map(({ status, body }) => [status, body.about])).toEqual([
    [422, { reason: 'not-authentic' }],
    [413, { maxBytes: most }],
  ])
  expect((await put(mine, upload)).status).toBe(200)
})

describe('[U7] a refusal of the body', () => {
  const flipped = (bytes: Buffer, at: number): Buffer => {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 1
    return changed
  }

  test.each<[number, string, object, (mine: Taken) => Upload]>([
    [422, 'wrong-digest', {}, (mine) => ({ ...anUpload(mine), body: flipped(anUpload(mine).body, 80) })],
    [413, 'too-large', {}, (mine) => longer(anUpload(mine))],
    [
      422,
      'not-openable',
      { reason: 'not-authentic' },
      (mine) => anUpload(mine, { sealedFor: { client: newIdentity().id } }),
    ],
    [
      422,
      'not-openable',
      { reason: 'not-authentic' },
      (mine) => anUpload(mine, { change: (body) => flipped(body, 60) }),
    ],
    [
      422,
      'not-openable',
      { reason: 'version' },
      (mine) => anUpload(mine, { change: (body) => flipped(body, 0) }),
    ],
    [
      422,
      'bad-tensors',
      { tensor: 'w', reason: 'name' },
      (mine) => anUpload(mine, { tensors: TENSORS.toReversed() }),
    ],
    [
      422,
      'bad-tensors',
      { reason: 'not-finite' },
      (mine) => anUpload(mine, { delta: [Number.NaN, 0, 0, 0, 0, 0] }),
    ],
  ])('%i %s %o', async (status, word, about, make) => {
    const [task, one, two] = await aTask()
    const mine = await take(task, one)
    await take(task, two)
    const answer = await put(mine, make(mine))
    expect([answer.status, answer.body.type]).toEqual([status, `urn:tributary:problem:${word}`])
    if (word !== 'too-large') expect(answer.body.about ?? {}).toMatchObject(about)
    // The round goes on, and a right update of the same client is taken.
    expect((await put(mine, anUpload(mine))).status).toBe(200)
  })
})

describe('downloads', () => {
  test('[D2] are the same for ever: tagged, in parts, and not sent twice', async () => {
    const [task, one, two] = await aTask()
    const client = await take(task, one)
    await take(task, two)
    const { digest, bytes } = client.invitation.model
    const ask = (headers: Record<string, string>) =>
      fetch(`${coordinator.url}/api/v1/blobs/${digest}`, {
        headers: { authorization: `Bearer ${client.invitation.session.token}`, ...headers },
      })
    const whole = await ask({})
    expect(whole.headers.get('etag')).toBe(`"${digest}"`)
    const content = Buffer.from(await whole.arrayBuffer())
    expect([content.length, digestOf(content)]).toEqual([bytes, digest]) // [D3]
    const rest = await ask({ range: 'bytes=8-', 'if-range': `"${digest}"` })
    expect([rest.status, Buffer.from(await rest.arrayBuffer())]).toEqual([206, content.subarray(8)])
    expect((await ask({ 'if-none-match': `"${digest}"` })).status).toBe(304)
    expect((await ask({ range: `bytes=${bytes}-` })).status).toBe(416)
    expect((await ask({ authorization: 'Bearer nobody' })).status).toBe(401)
  })

  test('[D4] of an update are not to be had', async () => {
    const [task, one, two] = await aTask()
    const client = await take(task, one)
    await take(task, two)
    const upload = anUpload(client)
    expect((await put(client, upload)).status).toBe(200)
    const answer = await fetch(`${coordinator.url}/api/v1/blobs/${upload.submission.envelope}`, {
      headers: { authorization: `Bearer ${client.invitation.session.token}` },
    })
    expect(answer.status).toBe(404)
  })
})

type Invitation = {
  type: 'invitation'
  round: string
  task: string
  model: { version: number; digest: string; bytes: number }
  assignment: { digest: string; bytes: number }
  signature: string
  publicKey: string
  session: { token: string }
}
type PublishedModel = { model: { digest: string } }
type Client = { identity: HandMadeIdentity; line: HandMadeLine; session: string }
type Taken = Client & { invitation: Invitation }
type Upload = { body: Buffer; submission: HandMadeSubmission; header: string }

const enrol = async (identity: HandMadeIdentity, proof = enrolmentProof(identity, token)) => {
  const response = await fetch(`${coordinator.url}/api/v1/clients`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, publicKey: identity.publicKey.toString('base64url'), proof }),
  })
  return { status: response.status, body: JSON.parse(await response.text()) }
}

const authenticate = (identity: HandMadeIdentity, { coordinator, nonce }: HandMadeMessage) => ({
  type: 'authenticate',
  client: identity.id,
  protocol: 1,
  signature: challengeAnswer(identity, String(coordinator), String(nonce)),
})

/** A client on the line. */
const aClient = async (): Promise<Client> => {
  const identity = newIdentity()
  await enrol(identity)
  const line = await openLineByHand(coordinator.url)
  line.say(authenticate(identity, await heard(line, 'challenge')))
  const welcome = (await heard(line, 'welcome')) as unknown as { session: { token: string } }
  return { identity, line, session: welcome.session.token }
}

let tasks = 0

/** A task whose round has begun, and its two clients, checked in; of one tensor, just one of them. */
const aTask = async (
  name = 'task',
  tensors: { name: string; shape: number[] }[] = TENSORS,
): Promise<[string, Client, Client]> => {
  const id = `${name}-${++tasks}`
  const clients = tensors === TENSORS ? 2 : 1
  await coordinator.operator.createTask({
    id,
    model: {
      format: 'custom',
      trainer: 'none',
      tensors: tensors.map((tensor) => ({ ...tensor, dtype: 'F32', initializer: 'ones' })),
      initial: { kind: 'seeded', seed: 1 },
    },
    plan: {
      epochs: 1,
      batchSize: 1,
      optimizer: { name: 'sgd', learningRate: 0.1 },
      loss: 'mean-squared-error',
    },
    cohort: { target: clients, overSelection: 1, quorum: clients },
  })
  const [one, two] = [await aClient(), await aClient()]
  await coordinator.operator.trigger(id)
  for (const { line } of clients === 2 ? [one, two] : [one]) line.say({ type: 'check-in', task: id })
  return [id, one, two]
}

/** Takes the invitation that comes. */
const take = async (task: string, client: Client): Promise<Taken> => {
  const invitation = (await heard(client.line, 'invitation')) as unknown as Invitation
  expect(invitation.task).toBe(task)
  client.line.say({ type: 'accept', round: invitation.round })
  return { ...client, invitation }
}

/** The next message of this type; what comes before it is passed over. */
const heard = async (line: HandMadeLine, type: string): Promise<HandMadeMessage> => {
  for (;;) {
    const message = await line.hear()
    if (message.type === type) return message
    if (message.type === 'refused' || message.type === 'ended')
      throw new Error(`waited for ${type}, and heard ${JSON.stringify(message)}`)
  }
}

const download = async ({ invitation }: Taken, digest: string): Promise<Buffer> => {
  const response = await fetch(`${coordinator.url}/api/v1/blobs/${digest}`, {
    headers: { authorization: `Bearer ${invitation.session.token}` },
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  expect([response.status, digestOf(bytes)]).toEqual([200, digest])
  return bytes
}

const anUpload = (
  { identity, invitation }: Taken,
  but: {
    delta?: number[]
    tensors?: { name: string; shape: number[] }[]
    examples?: number
    sealedFor?: { client: string }
    change?: (body: Buffer) => Buffer
    /** Said and signed. */
    claim?: Partial<HandMadeSubmission>
    /** Said, though something else was signed. */
    unsigned?: Partial<HandMadeSubmission>
    signer?: HandMadeIdentity
  } = {},
): Upload => {
  const { round, task, model, publicKey } = invitation
  const context = { task, round, client: identity.id, model: model.digest }
  const rest = (but.delta ?? [1, 2, 3, 4, 5, 6]).slice()
  const file = safetensorsByHand(
    (but.tensors ?? TENSORS).map(({ name, shape }) => ({
      name,
      shape,
      values: rest.splice(
        0,
        shape.reduce((product, dimension) => product * dimension, 1),
      ),
    })),
  )
  const sealed = sealByHand(file, publicKey, { ...context, ...but.sealedFor })
  const body = but.change?.(sealed) ?? sealed
  const submission: HandMadeSubmission = {
    ...context,
    envelope: digestOf(body),
    envelopeBytes: body.length,
    claims: { examples: but.examples ?? 1, trainMs: 12.5, metrics: { loss: 0.5, accuracy: -0 } },
    ...but.claim,
  }
  const signed = submissionHeader(but.signer ?? identity, submission)
  const header = but.unsigned
    ? Buffer.from(
        JSON.stringify({ ...JSON.parse(Buffer.from(signed, 'base64url').toString()), ...but.unsigned }),
      ).toString('base64url')
    : signed
  return { body, submission, header }
}

/** More bytes than were signed for, of which nothing is announced. */
const longer = (upload: Upload): Upload => ({
  ...upload,
  body: Buffer.concat([upload.body, Buffer.alloc(400)]),
})

const put = async (
  { identity, invitation }: Taken,
  upload: Upload,
  but: { session?: string; header?: string; round?: string; type?: string } = {},
) => {
  const round = but.round ?? invitation.round
  const path = `/api/v1/tasks/${invitation.task}/rounds/${round}/updates/${identity.id}`
  const response = await fetch(coordinator.url + path, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${but.session ?? invitation.session.token}`,
      'content-type': but.type ?? 'application/octet-stream',
      'tributary-submission': but.header ?? upload.header,
    },
    body: new Uint8Array(upload.body),
  })
  return { status: response.status, body: JSON.parse(await response.text()) }
}
