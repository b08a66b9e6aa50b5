/** The app's own web server: it gives out the page and the story, and is sent nothing. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PageFiles } from '@tributary/example-keyboard/build-page'
import { STORY_PATH, type Story } from '@tributary/example-keyboard/story'

export type Site = {
  /** `http://127.0.0.1:<port>` */
  origin: string
  close(): Promise<void>
}

/** @param coordinator Its address, once there is one. */
export const startSite = async (options: {
  port: number
  files: PageFiles
  story(): Story
  coordinator(): string | undefined
}): Promise<Site> => {
  const { files, story, coordinator } = options
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site')
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return response.writeHead(405, { allow: 'GET, HEAD' }).end()
    response.setHeader('content-security-policy', policyFor(coordinator()).join('; '))
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader(
      'cache-control',
      pathname.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-cache',
    )
    if (pathname === STORY_PATH)
      return response.setHeader('content-type', 'application/json').end(JSON.stringify(story()))
    const file = files.get(pathname)
    if (!file) return response.writeHead(404).end()
    return response.setHeader('content-type', file.type).end(file.content)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  }).catch((cause: Error) => {
    throw new Error(`The page cannot be served at port ${options.port}: ${cause.message}`, { cause })
  })
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

const policyFor = (coordinator: string | undefined): string[] => [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  `connect-src 'self'${coordinator ? ` ${coordinator} ${coordinator.replace(/^http/, 'ws')}` : ''}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
]
