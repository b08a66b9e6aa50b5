import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { bundleForBrowsers } from './bundle.ts'

/** What it was when it was last looked at, and a little. */
const MOST_GZIPPED_BYTES = 5_000

test('the REST client runs in browsers, and brings no schemas there', async () => {
  const { scripts, sources } = await bundleForBrowsers(new URL('./page/rest-client.ts', import.meta.url))
  const code = Buffer.concat([...scripts.values()])
  const gzipped = gzipSync(code, { level: 9 }).length
  process.stdout.write(`rest client: ${gzipped} bytes gzipped, ${code.length} minified\n`)
  expect([...sources.keys()].filter((source) => source.includes('/zod/'))).toEqual([])
  expect(gzipped).toBeLessThan(MOST_GZIPPED_BYTES)
})
