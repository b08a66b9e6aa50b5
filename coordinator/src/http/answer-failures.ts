/** Every error a caller sees, from wherever it comes, is a problem document. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { PROBLEM_MEDIA_TYPE } from '@tributary/protocols/rest'
import type { ConnectionError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { failureOf, TOO_LONG } from './failures.ts'
import { type Denial, DeniedError, deny, headersOf, problemOf } from './problem.ts'
import { PROBLEMS, type ProblemWord } from './problem-table.ts'
import { LONGEST_NAME, type RouteTable } from './route-table.ts'

export const answerFailures = (app: FastifyInstance, routes: RouteTable): void => {
  app.setErrorHandler(replyFailure)
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/'
    const allowed = routes.methodsAt(path)
    const error =
      allowed.length === 0
        ? deny('not-found', 'There is nothing at this address.')
        : path.split('/').some((part) => part.length > LONGEST_NAME)
          ? new DeniedError(TOO_LONG)
          : deny('method-not-allowed', `${request.method} is not possible here; ${allowed.join(', ')} is.`, {
              headers: { allow: allowed.join(', ') },
            })
    return replyFailure(error, request, reply)
  })
}

/** Answers a request with the problem that an error amounts to. Faults are logged; refusals are everyday. */
export const replyFailure = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const { denial, fault } = failureOf(error, request)
  if (request.raw.destroyed && !request.raw.complete) request.log.info({ err: error }, 'the caller went away')
  else if (fault) request.log.error({ err: error }, 'a request failed')
  else request.log.debug({ problem: denial.word }, denial.detail)
  const instance = request.url.split('?', 1)[0] ?? '/'
  return reply
    .code(PROBLEMS[denial.word].status)
    .headers(headersOf(denial))
    .type(PROBLEM_MEDIA_TYPE)
    .send(Buffer.from(JSON.stringify(problemOf(denial, instance))))
}

/** What could not be read as a request at all is answered on the bare socket. */
export const answerBrokenRequest = (error: ConnectionError, socket: Socket): void => {
  if (socket.destroyed || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const denial = brokenDenial(error.code)
  const { status } = PROBLEMS[denial.word]
  const body = JSON.stringify(problemOf(denial, '/'))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

const brokenDenial = (code: string | undefined): Denial & { word: ProblemWord } => {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { word: 'request-timeout', detail: 'The request did not come in time. Send it again.' }
    case 'HPE_HEADER_OVERFLOW':
      return {
        word: 'headers-too-large',
        detail: 'The headers are larger than 16 KiB. Send fewer or shorter ones.',
      }
    default:
      return { word: 'invalid', detail: 'This is not an HTTP/1.1 request.' }
  }
}
