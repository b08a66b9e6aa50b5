import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DatasetError } from './dataset-error.ts'
import { DATASET_FILES, DatasetSpec, loadDataset } from './registry.ts'

const NAMES = Object.keys(DATASET_FILES)

describe('data sets by name', () => {
  it('are those that a scenario file may name', () => {
    expect(DatasetSpec.options.map(({ shape }) => shape.name.value)).toEqual(NAMES)
  })

  it.each(NAMES.filter((name) => name !== 'handwriting'))(
    '%s: a folder without it is refused with the file, its home and another way out',
    async (name) => {
      const data = await mkdtemp(join(tmpdir(), 'tributary-no-data-'))
      const refused = await loadDataset(DatasetSpec.parse({ name }), { data }).catch(
        (error: unknown) => error,
      )
      await rm(data, { recursive: true })
      expect(refused).toBeInstanceOf(DatasetError)
      expect(String(refused)).toContain(`Cannot read ${data}`)
      expect(String(refused)).toMatch(
        /put the official file \(https:\/\/.+\) in the data folder as .+, or .+\./,
      )
    },
  )

  it('have files of their own, each with a sum and a home', () => {
    const files = Object.values(DATASET_FILES).flat()
    for (const { sha256, home, path } of files) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/)
      expect(new URL(home).protocol).toBe('https:')
      expect(path).not.toMatch(/^\/|\.\./)
    }
  })

  it('are generated where nothing is read', async () => {
    const set = await loadDataset({ name: 'handwriting', writers: 2, seed: 7 }, { data: '/nowhere' })
    expect([set.name, set.train.groups?.names]).toEqual(['handwriting', ['writer-0000', 'writer-0001']])
  })

  it.each([
    { name: 'cifar-10' },
    { name: 'shakespeare', context: 0 },
    { name: 'handwriting', writers: 0 },
    { name: 'adult', seed: 1 },
  ])('%o is refused', (spec) => {
    expect(DatasetSpec.safeParse(spec).success).toBe(false)
  })
})
