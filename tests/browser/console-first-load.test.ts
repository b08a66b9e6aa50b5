import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { startCoordinator } from '../fleet/test-coordinator.ts'
import { launchForConsole, openConsole } from './console-browser.ts'

const MOST_GZIPPED_BYTES = 250_000

test('the sign-in and the overview, which everybody loads first, cost less than 250 kB of script', async () => {
  await using browser = await launchForConsole()
  await using coordinator = await startCoordinator()
  const { url, adminToken } = coordinator
  const look = { theme: 'dark', width: 1_280, height: 900 } as const
  const { page } = await openConsole(browser, { url, look })
  const bodies = new Map<string, Promise<Buffer>>()
  page.on('response', (response) => {
    if (response.headers()['content-type']?.includes('javascript'))
      bodies.set(new URL(response.url()).pathname, response.body())
  })
  const loaded = async () => {
    await page.waitForLoadState('networkidle')
    const sizes = new Map<string, number>()
    for (const [path, body] of bodies) sizes.set(path, gzipSync(await body).length)
    return sizes
  }

  await page.goto(`${url}/sign-in`)
  await page.getByLabel('Operator token').fill(adminToken)
  const toSignIn = sumOf(await loaded())
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  const scripts = await loaded()

  process.stdout.write(
    `console: ${kilobytes(toSignIn)} of script, gzipped, for the sign-in, ${kilobytes(sumOf(scripts))} with the overview: ${[
      ...scripts,
    ]
      .map(([path, bytes]) => `${path} ${kilobytes(bytes)}`)
      .join(', ')}\n`,
  )
  expect(toSignIn).toBeGreaterThan(10_000)
  expect(sumOf(scripts)).toBeLessThan(MOST_GZIPPED_BYTES)
})

const sumOf = (sizes: ReadonlyMap<string, number>): number => [...sizes.values()].reduce((a, b) => a + b, 0)

const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`
