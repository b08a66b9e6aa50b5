import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { STOPPING } from './failures.ts'
import { deny } from './problem.ts'

/** Once closing has begun, requests on connections that are still open are told to come again. */
export const refuseWhileClosing = (app: FastifyInstance): void => {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onRequest', async () => {
    if (closing) throw deny(STOPPING.word, STOPPING.detail)
  })
}

/** How long what is at work may take to end once closing has begun. */
const GRACE_MS = 5_000

/**
 * Ends every connection at the end of closing's grace, so that one on which nothing is asked, or not to the end, does
 * not hold the process up; web sockets too. Node itself closes only those whose last request has been answered.
 */
export const cutWhenClosing = (app: FastifyInstance, graceMs = GRACE_MS): void => {
  const sockets = new Set<Socket>()
  app.server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  app.addHook('preClose', async () => {
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy()
    }, graceMs)
    app.server.once('close', () => clearTimeout(timer))
  })
}
