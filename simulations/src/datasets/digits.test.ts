import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataUnderTest } from './data-under-test.ts'
import { DatasetError } from './dataset-error.ts'
import { type Digits, loadDigits } from './digits.ts'

const idsOf = ({ clients }: Digits) => clients.map(({ id }) => id)

describe('digits', () => {
  it('are generated when asked for, and say that they are not real', async () => {
    const digits = await loadDigits({ dataset: 'handwriting', clients: 3, seed: 1 })
    expect([digits.source, idsOf(digits)]).toEqual([
      'handwriting',
      ['writer-0000', 'writer-0001', 'writer-0002'],
    ])
    expect(digits.description).toMatch(
      /^Digits drawn by program \(not real handwriting\): 3 made-up writers train/,
    )
    expect(digits.description).toContain(
      `${digits.heldOut.labels.length.toLocaleString('en-US')} digits of 60`,
    )
  })

  it('are generated when nothing is named and nothing found, and say where they looked', async () => {
    const options = { dataset: 'auto', clients: 2, seed: 1 } as const
    const digits = await loadDigits(options, { defaultFolder: '/nowhere' })
    expect(digits.source).toBe('handwriting')
    expect(digits.description).toContain('(not real handwriting: no MNIST was found in /nowhere)')
  })

  it.each(['auto', 'mnist'] as const)(
    'are refused, not replaced, when a named folder lacks them (%s)',
    async (dataset) => {
      const data = await mkdtemp(join(tmpdir(), 'tributary-no-digits-'))
      const error = await loadDigits({ data, dataset, clients: 3, seed: 1 }).catch(
        (thrown: unknown) => thrown,
      )
      await rm(data, { recursive: true })
      expect(error).toBeInstanceOf(DatasetError)
      expect(String(error)).toContain(data)
    },
  )

  it.each([0, -1, 1.5, Number.NaN])('for %s clients are refused', async (clients) => {
    await expect(loadDigits({ dataset: 'handwriting', clients, seed: 1 })).rejects.toThrow(
      'positive whole number',
    )
  })
})

const { folder, present, note } = dataUnderTest()

describe.skipIf(!present)(`digits of MNIST${note}`, () => {
  it('are chosen by the seed, without repeats, in order of writer', async () => {
    const options = { data: folder, dataset: 'auto', clients: 50 } as const
    const [first, again, other] = await Promise.all(
      [1, 1, 2].map((seed) => loadDigits({ ...options, seed }).then(idsOf)),
    )
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
    expect([...new Set(first)].sort()).toEqual(first)
    expect(first).toHaveLength(50)
  })

  it('say what they are and hold out the test set', async () => {
    const digits = await loadDigits({ data: folder, dataset: 'mnist', clients: 5, seed: 1 })
    expect([digits.source, digits.heldOut.labels.length]).toEqual(['mnist-writers', 10_000])
    expect(digits.description).toContain('5 of 539 writers train')
    expect(digits.description).toContain('10,000 test digits of 297 writers who never train')
  })

  it('for more clients than writers are refused with both ways out', async () => {
    const load = loadDigits({ data: folder, dataset: 'mnist', clients: 540, seed: 1 })
    await expect(load).rejects.toThrow(
      "539 training writers, 540 were asked for. Ask for fewer clients, or choose the dataset 'handwriting'",
    )
  })
})
