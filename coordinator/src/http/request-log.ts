import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asked for so often that its requests are worth a line only to somebody who looks for them. */
    everyday?: boolean
  }
}

/** One line for each request, when it has been answered: what fleets and monitors ask all day at `debug`, the rest at `info`. */
export class RequestLog extends LogController {
  override incomingRequest(): void {}

  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const line = {
      method: request.method,
      path: request.url.split('?', 1)[0],
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      ...callerOf(request),
      ...(error && { err: error }),
    }
    const everyday = request.routeOptions.config.everyday === true && reply.statusCode < 400
    if (error || !everyday) request.log.info(line, 'answered')
    else request.log.debug(line, 'answered')
  }
}

/** The client who asks, where the address does not name it. */
const callerOf = ({ principal, routeOptions }: FastifyRequest) =>
  principal?.kind === 'client' && !routeOptions.url?.includes('/:client') ? { client: principal.client } : {}
