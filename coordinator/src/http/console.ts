/** The web console's built files at `/`: a page that is the same for everybody, and what it loads. */
import { relative } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { deny } from './problem.ts'
import { replyWithPage, wantsPage } from './small-page.ts'

export type ConsoleFiles =
  | { kind: 'off' }
  /** It has not been built where it would be. */
  | { kind: 'not-built' }
  /** Holds `index.html`, and in `assets` what it loads, each file named by what is in it. */
  | { kind: 'folder'; path: string }

/** Files are looked up once: a console that is built anew is served after a start. */
export const serveConsole = (app: FastifyInstance, files: ConsoleFiles): void => {
  if (files.kind === 'off') return
  if (files.kind === 'not-built') {
    app.get('/', { schema: { hide: true } }, answerNotBuilt)
    return
  }
  app.register(async (scope) => {
    await scope.register(fastifyStatic, {
      root: files.path,
      wildcard: false,
      cacheControl: false,
      acceptRanges: false,
      preCompressed: true,
      setHeaders(reply, path) {
        const isAsset = relative(files.path, path).startsWith('assets')
        for (const [name, value] of Object.entries(isAsset ? ASSET_HEADERS : PAGE_HEADERS))
          reply.header(name, value)
      },
    })
    // Deep links: the page itself knows which view an address is.
    scope.get('/*', { schema: { hide: true } }, (request, reply) =>
      isPageOfConsole(request) ? reply.sendFile('index.html') : reply.callNotFound(),
    )
  })
}

/**
 * The page runs its own scripts alone, asks this coordinator alone, and is framed by nobody; no text that comes into it
 * becomes script (Trusted Types), whatever a name, a reason or a metric holds.
 */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "require-trusted-types-for 'script'",
].join('; ')

const PAGE_HEADERS = {
  'content-security-policy': CONTENT_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'geolocation=(), microphone=(), payment=(), usb=()',
  'cache-control': 'no-store',
} as const

const ASSET_HEADERS = { ...PAGE_HEADERS, 'cache-control': 'public, max-age=31536000, immutable' } as const

/** The interface's own: at every other path a browser that asks for a page is given the console's. */
const OTHERS = ['/api', '/docs', '/metrics', '/healthz', '/readyz', '/auth', '/socket.io', '/assets']

const isPageOfConsole = (request: FastifyRequest): boolean => {
  const path = request.url.split('?', 1)[0] ?? '/'
  return wantsPage(request) && !OTHERS.some((other) => path === other || path.startsWith(`${other}/`))
}

const answerNotBuilt = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const detail =
    'The console has not been built. Run npm run build:console and start the coordinator again; /docs describes the interface.'
  if (!wantsPage(request)) throw deny('not-found', detail)
  return replyWithPage(reply.code(404), { title: 'There is no console here yet', detail })
}
