/** `Idempotency-Key`: what the services need to answer a repeated request the same. */
import { createHash } from 'node:crypto'
import { IdempotencyKey } from '@tributary/protocols/rest'
import type { FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { Idempotency } from '../services.ts'
import { actorOf } from './access.ts'

/** The headers of a route that creates or triggers. */
export const IdempotentHeaders = z.object({ 'idempotency-key': IdempotencyKey.optional() })

/**
 * The caller's key, if one came. A key is the caller's own: its scope is who asks, the method and the path. `content` is
 * what the request says, as parsed, so that a default spelled out is the same request as one left out.
 */
export const idempotencyOf = (
  request: FastifyRequest,
  content: { body?: unknown; bytes?: Uint8Array; query?: unknown },
): Idempotency | undefined => {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string') return undefined
  const path = request.url.split('?', 1)[0]
  const digest = createHash('sha256').update(canonicalJson([content.body ?? null, content.query ?? null]))
  if (content.bytes) digest.update('\0').update(content.bytes)
  return { scope: `${actorOf(request).id} ${request.method} ${path}`, key, request: digest.digest('hex') }
}

/** JSON with the members of every object in the order of their names (as RFC 8785 orders them). */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_name, inner: unknown) => (isRecord(inner) ? sorted(inner) : inner))

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const sorted = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(record)
      .toSorted()
      .map((name) => [name, record[name]]),
  )
