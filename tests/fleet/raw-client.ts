import { Agent, request } from 'node:http'
import { type ClientId, type RoundId, TaskId } from '@tributary/protocols'
import {
  answerChallenge,
  createIdentity,
  decodeKeyText,
  type EnvelopePrimitives,
  encodePublicKey,
  encodeSignature,
  type Identity,
  proveEnrolment,
} from '@tributary/protocols/crypto'
import { type ClientMessage, CoordinatorMessage, type Invitation } from '@tributary/protocols/messages'
import { restPaths } from '@tributary/protocols/rest'
import {
  encodeSubmission,
  type SealedUpdate,
  SUBMISSION_HEADER,
  sealUpdate,
} from '@tributary/protocols/updates'
import { io } from 'socket.io-client'
import { createInbox, type Inbox } from './inbox.ts'

/**
 * A client that speaks the protocol and does nothing else: no training, no cache, no recovery. For load, for benches,
 * and for tests that must say exactly what goes over the wire.
 */
export type RawClient = {
  id: ClientId
  identity: Identity
  /** Opens a line; resolves when the client has been welcomed. */
  connect(): Promise<void>
  disconnect(): void
  send(message: ClientMessage): void
  /** Emits an event of socket.io as it stands, be it a message or not. */
  say(event: string, ...parts: unknown[]): void
  isOnline(): boolean
  /** Resolves with the reason when its first line has ended. */
  lost: Promise<string>
  /** Hands every message of the coordinator, from now on, to `hear`. */
  listen(hear: (message: CoordinatorMessage) => void): void
  /** The next message of a type, of those that have not been taken. */
  next: Inbox<CoordinatorMessage>['next']
}

export const checkIn = (task: string): ClientMessage => ({ type: 'check-in', task: TaskId.parse(task) })

/** Makes a key and enrols it. */
export const enrolRawClient = async (
  url: string,
  token: string,
  identity = createIdentity(),
): Promise<RawClient> => {
  const response = await fetch(url + restPaths.clients, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      token,
      publicKey: encodePublicKey(identity.publicKey),
      proof: encodeSignature(proveEnrolment(identity, token)),
    }),
  })
  if (!response.ok) throw new Error(`enrolment was answered ${response.status}: ${await response.text()}`)
  await response.arrayBuffer()
  return rawClient(url, identity)
}

export const rawClient = (url: string, identity: Identity): RawClient => {
  const id = identity.clientId
  const socket = io(`${url}/participate`, {
    transports: ['websocket'],
    autoConnect: false,
    reconnection: false,
    forceNew: true,
  })
  const inbox = createInbox<CoordinatorMessage>()
  let welcomed: (message: CoordinatorMessage) => void = () => {}
  const send = (message: ClientMessage) => void socket.emit('message', message)
  socket.on('message', (received: unknown) => {
    const message = CoordinatorMessage.parse(received)
    if (message.type === 'challenge')
      return send({
        type: 'authenticate',
        client: id,
        protocol: 1,
        signature: encodeSignature(
          answerChallenge(identity, {
            coordinator: message.coordinator,
            nonce: decodeKeyText(message.nonce),
          }),
        ),
      })
    if (message.type === 'welcome') welcomed(message)
    inbox.put(message)
  })
  return {
    id,
    identity,
    send,
    say: (event, ...parts) => void socket.emit(event, ...parts),
    isOnline: () => socket.connected,
    lost: new Promise((resolve) => void socket.once('disconnect', resolve)),
    next: inbox.next,
    listen: inbox.listen,
    async connect() {
      await new Promise<unknown>((resolve, reject) => {
        welcomed = resolve
        socket.once('connect_error', reject)
        socket.once('disconnect', (reason) => reject(new Error(`not welcomed: ${reason}`)))
        socket.connect()
      })
    },
    disconnect() {
      // Not socket.io's own word of parting: what was said just before it would be dropped on the other side.
      if (socket.connected) socket.io.engine.close()
      else socket.disconnect()
    },
  }
}

/** An update for an invitation, sealed and signed: `update` is a safetensors file. */
export const sealFor = (
  client: Pick<RawClient, 'identity'>,
  invitation: Invitation,
  update: Uint8Array,
  options: { examples?: number; metrics?: Record<string, number>; primitives?: EnvelopePrimitives } = {},
): SealedUpdate =>
  sealUpdate({
    identity: client.identity,
    task: invitation.task,
    round: invitation.round,
    model: invitation.model.digest,
    roundKey: decodeKeyText(invitation.publicKey),
    update,
    claims: { examples: options.examples ?? 1, metrics: options.metrics ?? {} },
    ...options.primitives,
  })

export type Answer = { status: number; body: string }

/** One connection a client, kept open, as real clients have. */
export const uploadAgent = () => new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })

/** `PUT` of a sealed update, through Node's own HTTP client so that a body can also be cut or lied about. */
export const upload = (
  url: string,
  to: { round: RoundId; client: ClientId; token: string },
  { envelope, submission }: SealedUpdate,
  agent?: Agent,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(
      url + restPaths.update(to.round, to.client),
      {
        method: 'PUT',
        ...(agent ? { agent } : {}),
        headers: {
          authorization: `Bearer ${to.token}`,
          'content-type': 'application/octet-stream',
          'content-length': envelope.length,
          [SUBMISSION_HEADER]: encodeSubmission(submission),
        },
      },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }),
        )
        response.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(envelope)
  })
