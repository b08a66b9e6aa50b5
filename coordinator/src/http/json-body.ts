import type { FastifyInstance } from 'fastify'

/** The largest JSON body where a route says nothing else. */
export const JSON_BYTES = 1024 * 1024

/**
 * JSON, also as a merge patch (RFC 7396). An empty body is no body, so that requests with nothing to say may carry a
 * content type; members named `__proto__` or `constructor.prototype` are refused.
 */
export const acceptJson = (app: FastifyInstance): void => {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'string' },
    (request, body, done) => (body.trim() === '' ? done(null, undefined) : parse(request, body, done)),
  )
}
