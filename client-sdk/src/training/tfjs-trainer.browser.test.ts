import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as Builders from './tfjs-trainer.builders.ts'
import type * as Trainer from './tfjs-trainer.ts'

type InPage = typeof globalThis & { sdk: typeof Trainer & typeof Builders }

const browserAt = [chromium.executablePath(), '/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
const wasmFolder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))

describe.skipIf(browserAt === undefined)('the tfjs trainer in a browser', () => {
  const files = new Map<string, Uint8Array>()
  const server = createServer(async (request, response) => {
    const name = basename(request.url ?? '')
    if (name.endsWith('.wasm'))
      return response
        .setHeader('content-type', 'application/wasm')
        .end(await readFile(join(wasmFolder, name)))
    const script = files.get(name)
    if (script) return response.setHeader('content-type', 'text/javascript').end(script)
    return response.setHeader('content-type', 'text/html').end('<script type=module src=page.js></script>')
  })
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `
          import * as trainer from './tfjs-trainer.ts'
          import * as builders from './tfjs-trainer.builders.ts'
          globalThis.sdk = { ...trainer, ...builders }`,
        resolveDir: fileURLToPath(new URL('.', import.meta.url)),
        loader: 'ts',
      },
      entryNames: 'page',
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'browser',
      conditions: ['source'],
      outdir: 'out',
      write: false,
      logLevel: 'silent',
    })
    for (const { path, contents } of outputFiles) files.set(basename(path), contents)
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    browser = await chromium.launch({ executablePath: browserAt ?? '', args: ['--no-sandbox'] })
    page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.waitForFunction(() => 'sdk' in globalThis)
  })
  afterAll(async () => {
    await browser?.close()
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })

  const trainOn = (prefer: readonly Trainer.BackendName[] | undefined) =>
    page.evaluate(
      async ([prefer]) => {
        const { createTfjsTrainer, clusters, denseModel, aPlan, aJob } = (globalThis as InPage).sdk
        const log: string[] = []
        const trainer = createTfjsTrainer({
          examples: clusters({ count: 200, width: 8, classes: 3 }),
          backend: { ...(prefer ? { prefer } : {}), wasmFiles: '/wasm', log: (line) => void log.push(line) },
        })
        const job = aJob({ model: denseModel([8, 16, 3]), plan: aPlan() })
        const { weights } = await trainer.train(job)
        const { metrics } = await trainer.evaluate({ ...job, weights })
        return { log, accuracy: metrics.accuracy ?? 0 }
      },
      [prefer] as const,
    )

  test.each([[['wasm']], [['cpu']], [undefined]] as const)('learns on %j', async (prefer) => {
    const { log, accuracy } = await trainOn(prefer)
    expect(log).toHaveLength(1)
    if (prefer) expect(log[0]).toContain(`tfjs ${prefer[0]}`)
    expect(accuracy).toBeGreaterThan(0.97)
  })

  test('hears an abort between batches', async () => {
    const outcome = await page.evaluate(async () => {
      const { createTfjsTrainer, clusters, denseModel, aPlan, aJob } = (globalThis as InPage).sdk
      const trainer = createTfjsTrainer({
        examples: clusters({ count: 200, width: 8, classes: 3 }),
        backend: { prefer: ['wasm'], wasmFiles: '/wasm', log: () => undefined },
      })
      const job = aJob({ model: denseModel([8, 16, 3]), plan: aPlan({ epochs: 10_000 }) })
      requestAnimationFrame(() => job.abort.abort(new Error('enough')))
      return trainer.train(job).then(
        () => 'trained on',
        (error: unknown) => (error instanceof Error ? error.message : 'something else'),
      )
    })
    expect(outcome).toBe('enough')
  })
})
