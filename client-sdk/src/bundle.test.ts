import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleOf } from './bundle.builders.ts'

/**
 * Bytes, gzipped, that an app's bundler ships, by esbuild, tfjs itself left out. The bounds are there to be noticed, and to come down.
 *
 * The control path is what an app loads at once to take part in plain, sealed rounds with a trainer of its own; every message, download, update and upload
 * of such a round is done by it. Later comes what is done once (enrolling, withdrawing), what only some apps ask for (conditions, keeping and pinning on
 * the device, one of several tabs), and what only some tasks ask for (noise and masks, compression, work for strategies, and their schemas).
 */
const MOST_AT_ONCE = 60_000
const MOST_WHOLE = 110_000

/** What each of these adds to the control path at once, in an app that imports both. */
const MOST_BESIDE: Record<string, number> = {
  './training/tfjs-trainer.ts': 16_700,
  './training/compact/compact-trainer.ts': 36_500,
  './training/linear/linear-trainer.ts': 13_700,
  './data/index.ts': 20_500,
  './worker/index.ts': 10_000,
  './describe/index.ts': 15_200,
  './personal/personal-training.ts': 6_600,
  './conditions/index.ts': 600,
  './tracing/index.ts': 1_000,
}

const table: [what: string, bytes: number][] = []
afterAll(() => {
  const lines = table.map(([what, bytes]) => `${what.padEnd(54)} ${kilobytes(bytes).padStart(9)}`)
  process.stdout.write(`gzipped:\n${lines.join('\n')}\n`)
})

let controlPath: Awaited<ReturnType<typeof bundleOf>>
beforeAll(async () => {
  controlPath = await bundleOf('./browser.ts')
})

describe('the control path', () => {
  test('bundles for browsers without a module of Node, and without tfjs', () => {
    expect(
      controlPath.inputs.filter((input) => /^node:|tensorflow|file-key-store|file-model-cache/.test(input)),
    ).toEqual([])
  })

  test('is small', () => {
    const { atOnce, whole } = controlPath
    table.push(['control path, at once', atOnce], ['later, if at all', whole - atOnce])
    expect(atOnce).toBeLessThan(MOST_AT_ONCE)
    expect(whole).toBeLessThan(MOST_WHOLE)
  })

  test('loads nothing at once of what plain rounds do without', () => {
    // zod's methods, for which there is `zod/mini`; ciphers, which masks, share bundles and seeded streams are made with; kernels.
    expect(
      controlPath.inputsAtOnce.filter((input) => /zod\/v4\/classic|@noble\/ciphers|\/kernels\//.test(input)),
    ).toEqual([])
  })
})

describe.each(Object.entries(MOST_BESIDE))('%s', (module, most) => {
  test('adds little, and no tfjs at once', async () => {
    const { atOnce, inputsAtOnce } = await bundleOf('./browser.ts', module)
    const beside = atOnce - controlPath.atOnce
    table.push([`beside it, ${module}`, beside])
    expect(inputsAtOnce.some((input) => input.endsWith(module.slice(1)))).toBe(true)
    expect(inputsAtOnce.filter((input) => input.includes('@tensorflow'))).toEqual([])
    expect(beside).toBeGreaterThan(0)
    expect(beside).toBeLessThan(most)
  })
})

test('a page that only describes tasks loads neither ciphers nor kernels', async () => {
  const { atOnce, inputsAtOnce } = await bundleOf('./describe/index.ts')
  table.push(['./describe/index.ts without the control path', atOnce])
  expect(
    inputsAtOnce.filter((input) =>
      /zod\/v4\/(classic|locales)|@noble\/ciphers|tweetnacl|\/kernels\//.test(input),
    ),
  ).toEqual([])
  expect(atOnce).toBeLessThan(29_000)
})

const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`
