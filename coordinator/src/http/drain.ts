import type { FastifyInstance } from 'fastify'

/** What is still read of a body that was refused. */
export type DrainLimits = { maxBytes: number; maxMs: number }

/** Browsers hear an answer only when all is sent: enough for the update of a straggler to learn that the round is over. */
const USUAL: DrainLimits = { maxBytes: 64 * 1024 * 1024, maxMs: 30_000 }

/**
 * An answer may come before the body was read. It is sent at once; what the client still sends is then read and thrown
 * away, because closing at once would reset the connection and the answer be lost. Beyond the limits the line is cut.
 */
export const drainUnread = (app: FastifyInstance, limits: DrainLimits = USUAL): void => {
  app.addHook('onSend', async (request, reply) => {
    const { raw } = request
    if (raw.destroyed || raw.readableEnded) return
    if (raw.complete) return void raw.resume() // what was not taken would hold up the connection's next request
    reply.removeHeader('connection')
    let left = limits.maxBytes
    const cut = () => raw.socket.destroy()
    const timer = setTimeout(cut, limits.maxMs).unref()
    const done = () => clearTimeout(timer)
    raw.once('end', done).once('close', done)
    raw.on('data', (chunk: Uint8Array) => {
      left -= chunk.length
      if (left < 0) cut()
    })
    raw.resume()
  })
}
