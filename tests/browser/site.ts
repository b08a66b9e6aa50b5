import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import type { Bundle } from './bundle.ts'

/** The app's own web server: it serves files, and knows nothing of the coordinator. */
export type Site = AsyncDisposable & {
  /** `http://127.0.0.1:<port>`: another origin than the coordinator's. */
  origin: string
  /** The same site under another name, which makes it another origin. */
  otherOrigin: string
}

const WASM_FOLDER = dirname(
  createRequire(import.meta.resolve('@tributary/client-sdk/tfjs')).resolve('@tensorflow/tfjs-backend-wasm'),
)

/**
 * Serves the scripts, tfjs’s own files under `/wasm/`, and one page, which begins with the bundle’s entry: at `/`, at
 * `/without-wasm` for pages that may not compile WebAssembly, and at `/isolated` for pages in which the browser counts memory.
 */
export const startSite = async ({ entry, scripts }: Pick<Bundle, 'entry' | 'scripts'>): Promise<Site> => {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname
    const script = scripts.get(path.slice(1))
    if (script)
      return response
        .setHeader('content-type', 'text/javascript')
        .setHeader('cross-origin-embedder-policy', 'require-corp')
        .end(script)
    const wasm = /^\/wasm\/([\w-]+\.wasm)$/.exec(path)?.[1]
    if (wasm)
      return response
        .setHeader('content-type', 'application/wasm')
        .end(await readFile(join(WASM_FOLDER, wasm)))
    const policy = POLICIES.get(path)
    if (!policy) return response.writeHead(404).end()
    if (path === '/isolated')
      response
        .setHeader('cross-origin-opener-policy', 'same-origin')
        .setHeader('cross-origin-embedder-policy', 'require-corp')
    return response
      .setHeader('content-security-policy', policy.join('; '))
      .setHeader('content-type', 'text/html; charset=utf-8')
      .end(pageOf(entry))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    otherOrigin: `http://localhost:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** As strict as pages come: what is not said here the SDK must do without. */
const STRICT = [
  "default-src 'self'",
  "connect-src 'self' http://127.0.0.1:* ws://127.0.0.1:*",
  "img-src 'self' data:",
]

const WITH_WASM = [...STRICT, "script-src 'self' 'wasm-unsafe-eval'"]

const POLICIES = new Map([
  ['/', WITH_WASM],
  ['/isolated', WITH_WASM],
  ['/without-wasm', STRICT],
])

const pageOf = (entry: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8" />
<link rel="icon" href="data:," />
<title>A page that learns</title>
<body></body>
<script type="module" src="/${entry}"></script>
</html>
`
