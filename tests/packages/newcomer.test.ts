/**
 * What a newcomer does: installs the tarballs with npm in an empty folder, runs the example of each package's README against a coordinator
 * from its own tarball, and builds an app with Vite.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { compilePackages, PACKAGES } from '../../scripts/compile-packages.ts'
import { mistakesOfTarball } from '../../scripts/lint-tarball.ts'
import { packPackages } from '../../scripts/pack-packages.ts'
import { launchChromium } from '../browser/chromium.ts'
import { portToReturnTo } from '../fleet/coordinator-process.ts'
import { until } from '../fleet/until.ts'
import { aNewcomer, type Newcomer, type Program } from './newcomer.ts'
import { versionHere } from './version-here.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 })

const things = new AsyncDisposableStack()
afterAll(() => things.disposeAsync())

/** Who runs the server, and who makes an app. */
let operator: Newcomer
let developer: Newcomer
let tarballs: ReadonlyMap<string, string>
let coordinator: Program
let url: string
let appPort: number
let invitation: string

beforeAll(async () => {
  await compilePackages()
  const packed = await mkdtemp(join(tmpdir(), 'tributary-packed-'))
  things.defer(() => rm(packed, { recursive: true, force: true }))
  tarballs = new Map(packPackages(PACKAGES, packed).map(({ name, path }) => [name, path]))
  const tarball = (name: string) => tarballs.get(`@tributary/${name}`) ?? name
  operator = things.use(await aNewcomer())
  developer = things.use(await aNewcomer())
  await operator.install(tarball('protocols'), tarball('coordinator'))
  await developer.install(
    tarball('protocols'),
    tarball('client-sdk'),
    ...(await Promise.all([versionHere('vite'), versionHere('typescript')])),
  )
  appPort = await portToReturnTo()
  const flags = ['--data', 'tributary-data', '--port', '0', '--cors-origins', `http://127.0.0.1:${appPort}`]
  coordinator = things.use(operator.start('tributary', flags))
  ;[, url = ''] = await coordinator.says(/"url":"(http:[^"]+)"/)
})

test('publint and are-the-types-wrong find nothing', async () => {
  for (const path of tarballs.values()) expect(await mistakesOfTarball(path)).toEqual([])
})

test('in an app without tfjs and React the declarations of everything else compile strictly, those of packages too', async () => {
  const manifest = await readFile(
    join(developer.folder, 'node_modules/@tributary/client-sdk/package.json'),
    'utf8',
  )
  const { exports } = z.object({ exports: z.record(z.string(), z.unknown()) }).parse(JSON.parse(manifest))
  const modules = Object.keys(exports).filter((path) => path !== './tfjs' && path !== './react')
  expect(modules.length).toBeGreaterThan(9)
  const program = modules.map(
    (path, i) => `export type * as m${i} from '@tributary/client-sdk${path.slice(1)}'`,
  )
  await writeFile(join(developer.folder, 'declarations.ts'), program.join('\n'))
  await using check = developer.start('tsc', [
    ...['--ignoreConfig', '--noEmit', '--strict', '--exactOptionalPropertyTypes'],
    ...['--skipLibCheck', 'false', '--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,dom'],
    ...['--types', '', 'declarations.ts'],
  ])
  expect(`${await check.exited}${check.output()}`).toBe('0')
})

test('the example of the coordinator makes a task and an invitation', async () => {
  const [, token = ''] = await coordinator.says(/^\s*(tro_\S+)$/m)
  await operator.copy('coordinator/examples/readme.ts', 'readme.ts')
  await using example = operator.start('node', ['readme.ts'], {
    TRIBUTARY_URL: url,
    TRIBUTARY_TOKEN: token,
  })
  await example.says(/^task: my-linear-task$/m)
  ;[, invitation = ''] = await example.says(/^invitation: (tre_\S+)$/m)
  expect(await example.exited).toBe(0)
})

test('the example of the SDK takes part in a round, and predicts with what came of it', async () => {
  await developer.copy('client-sdk/examples/readme.ts', 'readme.ts')
  await using example = developer.start('node', ['readme.ts'], {
    TRIBUTARY_URL: url,
    TRIBUTARY_INVITATION: invitation,
  })
  await example.says(/^my update is in round my-linear-task\.1$/m)
  const [, chance = '0'] = await example.says(/^version 2 says larger: (\S+)$/m)
  expect(Number(chance)).toBeGreaterThan(0.5)
  expect(Number(chance)).toBeLessThan(1)
})

test('the example of the protocols seals, signs and opens an update', async () => {
  await developer.copy('protocols/examples/readme.ts', 'protocols.ts')
  await using example = developer.start('node', ['protocols.ts'])
  await example.says(/^signed by c-[0-9a-f]{32} true$/m)
  await example.says(/^the update is Float32Array\(3\) \[ 0\.25, -0\.5, 0\.125 \]$/m)
  expect(await example.exited).toBe(0)
})

test('a coordinator on a Node that is too old says which one it needs', async () => {
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.1.0' } })`
  const started = operator.start('node', [
    `--import=data:text/javascript,${encodeURIComponent(old)}`,
    'node_modules/@tributary/coordinator/dist/bin.js',
  ])
  await using program = started
  expect(await program.exited).toBe(1)
  expect(program.output()).toMatch(/^tributary needs Node 24 or newer, and this is Node 22\.1\.0: .+\n$/)
})

test('an app made with Vite type-checks strictly, and its page takes part in a round while a worker trains', async () => {
  await developer.copy('client-sdk/examples/vite', '.')
  await using check = developer.start('tsc', ['--noEmit'])
  expect(`${await check.exited}${check.output()}`).toBe('0')
  await using build = developer.start('vite', ['build'])
  expect({ code: await build.exited, said: build.output() }).toMatchObject({ code: 0 })
  await using served = await serve('dist')
  const { page, faults, log } = await open(served.browser)
  await page.getByRole('button', { name: 'Take part' }).click()
  await until(
    'the page to take part in a round',
    async () => {
      if (faults.length > 0) throw new Error(faults.join('\n'))
      return /my update is in round my-linear-task\.\d+[\s\S]*version \d+ says larger/.test(await log())
    },
    PATIENCE,
  )
  expect(page.workers().length).toBe(1)
  expect(faults).toEqual([])
})

test('a plain page, of at most 40 lines and no bundler, learns from what is added by hand, and predicts with no network', async () => {
  await developer.copy('client-sdk/examples/plain', 'plain')
  const sdk = join(developer.folder, 'node_modules/@tributary/client-sdk/dist/standalone')
  await cp(sdk, join(developer.folder, 'plain/sdk'), { recursive: true })
  const html = await readFile(join(developer.folder, 'plain/index.html'), 'utf8')
  expect(html.trimEnd().split('\n').length).toBeLessThanOrEqual(40)

  await using served = await serve('plain')
  const { page, faults, log } = await open(served.browser)
  const says = (what: RegExp) =>
    until(`the page to say ${what}`, async () => what.test(await log()), PATIENCE)
  const enter = async (sleep: string, coffee: string) => {
    await page.getByLabel('Hours of sleep').fill(sleep)
    await page.getByLabel('Cups of coffee').fill(coffee)
  }
  const add = async (sleep: string, coffee: string, felt: 'awake' | 'tired') => {
    await enter(sleep, coffee)
    await page.getByLabel('I was').selectOption(felt)
    await page.getByRole('button', { name: 'Add this day' }).click()
  }
  await page.getByRole('button', { name: 'What would I be?' }).click()
  await says(/^this client has no model yet/)
  expect(faults.splice(0)).toEqual([expect.stringMatching(/^this client has no model yet/)])
  await add('8', '2', 'awake')
  await add('9', '1', 'awake')
  await add('3', '2', 'tired')
  await add('4', '0', 'tired')
  await page.getByRole('button', { name: 'Learn with others' }).click()
  await says(/What was learned from 4 days is in round my-linear-task\.\d+\.\nModel version \d+ is here/)
  await enter('8.5', '1')
  await page.getByRole('button', { name: 'What would I be?' }).click()
  await says(/(?:Awake|Tired), by \d\d %\.\n$/)
  expect(faults).toEqual([])

  // With sw.js, and neither network nor server any more.
  await page.evaluate(async () => {
    const { serviceWorker } = navigator
    const inCharge = new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve))
    await serviceWorker.register('./sw.js')
    await inCharge
  })
  await served.end()
  await page.context().setOffline(true)
  await page.reload()
  expect(await log()).toBe('')
  await enter('8.5', '1')
  await page.getByRole('button', { name: 'What would I be?' }).click()
  await says(/^Model version \d+ is here\.\n(?:Awake|Tired), by \d\d %\.\n$/)
  expect(faults).toEqual([])
})

/** A static file server for this folder of the developer's, at the origin that the coordinator lets in, and a browser. */
const serve = async (folder: string) => {
  await using ending = new AsyncDisposableStack()
  const flags = ['--outDir', folder, '--host', '127.0.0.1', '--port', String(appPort), '--strictPort']
  const server = ending.use(developer.start('vite', ['preview', ...flags]))
  await server.says(/127\.0\.0\.1/)
  const browser = ending.use(await launchChromium())
  const end = ending.move()
  return {
    browser,
    end: () => server[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  }
}

const open = async (browser: Browser) => {
  const page = await browser.newPage()
  const faults: string[] = []
  page.on('pageerror', ({ message }) => faults.push(message))
  page.on('console', (message) => {
    // Chromium asks for an icon that no example has.
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico'))
      faults.push(message.text())
  })
  await page.goto(`http://127.0.0.1:${appPort}/?${new URLSearchParams({ coordinator: url, invitation })}`)
  const log = async () => (await page.getByRole('log').textContent()) ?? ''
  return { page, faults, log }
}

/** Rounds begin every five seconds. */
const PATIENCE = { withinMs: 60_000, everyMs: 50 }
