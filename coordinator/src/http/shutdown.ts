import type { FastifyInstance } from 'fastify'
import { deny } from './problem.ts'

/** Once closing has begun, requests on connections that are still open are told to come again. */
export const refuseWhileClosing = (app: FastifyInstance): void => {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onRequest', async () => {
    if (closing) throw deny('unavailable', 'The coordinator is shutting down. Try again in a moment.')
  })
}
