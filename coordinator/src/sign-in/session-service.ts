import { timingSafeEqual } from 'node:crypto'
import type { Clock, Random } from '@tributary/protocols/runtime'
import { findToken } from '../clients/find-token.ts'
import { newSecret, newTokenId, tokenHash } from '../clients/token-text.ts'
import { StorageError } from '../faults/storage.ts'
import type { AuditEntry, ConsoleSession, Token } from '../ports/records.ts'
import type { Change, Store } from '../ports/store.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import type { Actor, SessionRecord, SessionService, SignedIn } from '../services.ts'
import { cookieText, csrfOf, isCookieText } from './cookie-text.ts'

type Needs = {
  clock: Pick<Clock, 'now'>
  random: Random
  store: Pick<Store, 'tokens' | 'consoleSessions' | 'commit'>
  /** The terms under which people have their roles at present; sessions under others are over. */
  terms: string | undefined
}

const MINUTE_MS = 60_000
/** A working day: then everybody signs in again. */
export const SESSION_MS = 12 * 60 * MINUTE_MS
/** A browser that nobody uses is signed out. */
export const IDLE_MS = 60 * MINUTE_MS
/** Browsers in which one operator is signed in: with one more the first of them is signed out. */
export const MOST_OF_ONE = 50
/** How exactly it is known when a session was used: it is not written with every request. */
const SEEN_MS = MINUTE_MS

/** Browsers that are signed in. Everything is read anew at every request: what was ended or revoked a moment ago is over. */
export const createSessionService = ({ clock, random, store, terms }: Needs): SessionService => {
  const open = async (of: ConsoleSession['of'], actor: Actor) => {
    const id = newTokenId(random)
    const cookie = cookieText(id, newSecret(random))
    const at = clock.now()
    const expiresAt = at + SESSION_MS
    const session = { id, hash: tokenHash(cookie), of, createdAt: at, seenAt: at, expiresAt }
    const before = (await store.consoleSessions.list()).filter((other) => ownerOf(other) === ownerOf(session))
    const tooMany = before.slice(MOST_OF_ONE - 1)
    await store.commit([
      ...tooMany.flatMap((other): Change[] => [
        { kind: 'end-console-session', id: other.id },
        audited(at, actor, 'session.closed', other.id, { of: ownerOf(other) }),
      ]),
      { kind: 'forget-console-sessions', before: at },
      { kind: 'insert-console-session', session },
      audited(at, actor, 'session.opened', id, { by: of.kind, name: actor.name, role: actor.role }),
    ])
    return { cookie, session: { id, actor, csrf: csrfOf(cookie), expiresAt } }
  }

  const actorOf = async ({ of }: ConsoleSession): Promise<Actor | Refusal> => {
    if (of.kind === 'oidc')
      return of.terms === terms
        ? { id: personId(of), name: of.name, role: of.role }
        : refuse('unauthenticated', 'who may sign in has been set anew since: sign in again')
    const token = await store.tokens.get(of.token)
    if (token?.kind !== 'operator' || token.status === 'revoked')
      return refuse(
        'unauthenticated',
        'the token by which you signed in has been revoked: ask an admin for another',
      )
    return actorOfToken(token)
  }

  const isOver = ({ expiresAt, seenAt }: ConsoleSession): boolean =>
    clock.now() >= expiresAt || clock.now() - seenAt >= IDLE_MS

  /** On a disk that is full a session runs out an hour after it was seen last; until then its owner can look around. */
  const see = async ({ id, seenAt }: ConsoleSession): Promise<void> => {
    const at = clock.now()
    if (at - seenAt < SEEN_MS) return
    try {
      await store.commit([{ kind: 'see-console-session', id, at }])
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
    }
  }

  const current = async (
    cookie: string,
  ): Promise<{ session: ConsoleSession; signedIn: SignedIn } | Refusal> => {
    const hash = tokenHash(cookie)
    const session = isCookieText(cookie) ? await store.consoleSessions.find(hash) : undefined
    if (!session || !isSame(session.hash, hash) || isOver(session))
      return refuse('unauthenticated', 'you are not signed in, or not any more: sign in again')
    const actor = await actorOf(session)
    if (isRefusal(actor)) return actor
    const { id, expiresAt } = session
    return { session, signedIn: { id, actor, csrf: csrfOf(cookie), expiresAt } }
  }

  return {
    async open(text) {
      const token = await findToken(store, 'operator', text)
      if (!token)
        return refuse(
          'unauthenticated',
          'this is not a token of an operator of this coordinator: copy it whole, or ask an admin for one',
        )
      const actor = actorOfToken(token)
      if (token.status === 'revoked') {
        await store.commit([
          audited(clock.now(), actor, 'session.refused', token.id, { name: token.name, reason: 'revoked' }),
        ])
        return refuse('unauthenticated', `the token ${token.name} has been revoked: ask an admin for another`)
      }
      return open({ kind: 'token', token: token.id }, actor)
    },
    openFor: ({ subject, name, role, terms }) =>
      open({ kind: 'oidc', subject, name, role, terms }, { id: personId({ subject }), name, role }),
    async turnAway({ subject, name }, reason) {
      const id = personId({ subject })
      await store.commit([audited(clock.now(), { id }, 'session.refused', id, { name, reason })])
    },
    async find(cookie) {
      const found = await current(cookie)
      if (isRefusal(found)) return found
      await see(found.session)
      return found.signedIn
    },
    async look(cookie) {
      const found = await current(cookie)
      return isRefusal(found) ? found : found.signedIn
    },
    async list({ limit, after }) {
      const live = (await store.consoleSessions.list()).filter((session) => !isOver(session))
      const named: SessionRecord[] = []
      for (const session of live) {
        const place = placeOf(session)
        if (after !== undefined && place >= after) continue
        const actor = await actorOf(session)
        const { id, createdAt, seenAt, expiresAt } = session
        if (!isRefusal(actor)) named.push({ id, actor, createdAt, seenAt, expiresAt, place })
        if (named.length === limit) break
      }
      return named
    },
    async end(id, actor) {
      const session = await store.consoleSessions.get(id)
      if (!session)
        return refuse('not-found', `there is no session ${id}, or it has ended`, { about: { session: id } })
      await store.commit([
        { kind: 'end-console-session', id },
        audited(clock.now(), actor, 'session.closed', id, { of: ownerOf(session) }),
      ])
      return undefined
    },
  }
}

/** Falls from the newest session to the oldest. */
const placeOf = ({ createdAt, id }: ConsoleSession): string =>
  `${Math.round(createdAt).toString().padStart(16, '0')} ${id}`

/** People are told from tokens, and from the coordinator itself, by how their ids begin. */
const personId = ({ subject }: { subject: string }): string => `oidc:${subject}`

const ownerOf = ({ of }: Pick<ConsoleSession, 'of'>): string =>
  of.kind === 'token' ? of.token : personId(of)

const actorOfToken = ({ id, name, role }: Extract<Token, { kind: 'operator' }>): Actor => ({ id, name, role })

const isSame = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a), Buffer.from(b))

const audited = (
  at: number,
  actor: Pick<Actor, 'id'>,
  action: string,
  subject: string,
  detail: AuditEntry['detail'],
): Change => ({ kind: 'append-audit', entry: { at, actor: actor.id, action, subject, detail } })
