import { beforeAll, describe, expect, test } from 'vitest'
import { bundleOf } from './bundle.builders.ts'

/**
 * Bytes, gzipped, that an app's bundler ships, by esbuild, tfjs itself left out. The bounds are there to be noticed, and to come down.
 *
 * The control path is what an app loads to take part in a plain, sealed task with a trainer of its own: all that may be loaded in such a round counts,
 * so nothing of it is put off by `import()`. Later, and only where a task asks for it: noise and masks, compression, work for strategies.
 */
const MOST_AT_ONCE = 60_000
const MOST_WHOLE = 92_000

/** What each of these adds to the control path at once, in an app that imports both. */
const MOST_BESIDE: Record<string, number> = {
  './training/tfjs-trainer.ts': 16_000,
  './training/compact/compact-trainer.ts': 36_000,
  './personal/personal-training.ts': 3_000,
  './worker/index.ts': 5_500,
  './tracing/index.ts': 2_000,
}

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
    process.stdout.write(
      `control path: ${kilobytes(atOnce)} gzipped at once, ${kilobytes(whole)} with all that is loaded later\n`,
    )
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
    process.stdout.write(`${module}: ${kilobytes(beside)} gzipped beside the control path\n`)
    expect(inputsAtOnce.some((input) => input.endsWith(module.slice(1)))).toBe(true)
    expect(inputsAtOnce.filter((input) => input.includes('@tensorflow'))).toEqual([])
    expect(beside).toBeGreaterThan(0)
    expect(beside).toBeLessThan(most)
  })
})

const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`
