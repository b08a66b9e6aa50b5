import fastifyCors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

/** Which web origins may call: none, any, or those listed (`https://app.example`). Tokens, never cookies, carry rights. */
export type CorsPolicy = { kind: 'off' } | { kind: 'any' } | { kind: 'origins'; origins: readonly string[] }

/** Clients run inside apps on other origins: they enrol, fetch blobs and put updates. */
export const allowOrigins = (app: FastifyInstance, policy: CorsPolicy): void => {
  if (policy.kind === 'off') return
  app.register(fastifyCors, {
    origin: policy.kind === 'any' ? '*' : [...policy.origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'idempotency-key',
      'if-none-match',
      'if-range',
      'range',
      'tributary-submission',
    ],
    exposedHeaders: [
      'accept-ranges',
      'content-disposition',
      'content-range',
      'etag',
      'location',
      'retry-after',
      'www-authenticate',
      'x-request-id',
    ],
    maxAge: 7_200,
    strictPreflight: false,
  })
}
