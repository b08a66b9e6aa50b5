import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { ProblemWord } from './problem-table.ts'

/** Fastify with zod schemas: what every route file registers its route on. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The reasons a service may refuse this route for, beside those that follow from its access and schemas. */
    refuses?: readonly ProblemWord[]
  }
}
