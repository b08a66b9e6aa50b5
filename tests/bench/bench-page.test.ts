import { describe, expect, it } from 'vitest'
import { keepSections, type Section } from './bench-page.ts'

const aSection = (name: string, value: number): Section => ({
  name,
  about: `About ${name}.`,
  machine: 'an abacus, 2 cores',
  rows: [
    { name: 'fold', value, unit: 'ms', ratio: { of: 'a|b', value: 1.256, aim: '≤ 1.3' }, note: 'a note' },
    { name: 'bare', value: 1234.5, unit: 'MB/s' },
  ],
})

describe('the page of benchmarks', () => {
  it('holds a table for each bench that ran', () => {
    expect(keepSections('', [aSection('kernels', 0.28)], ['kernels'])).toContain(
      [
        '## kernels',
        '',
        'About kernels.',
        '',
        'Machine: an abacus, 2 cores.',
        '',
        '| what | measured | ratio | aim | note |',
        '|---|--:|---|---|---|',
        '| fold | 0.280 ms | 1.26 × a\\|b | ≤ 1.3 | a note |',
        '| bare | 1235 MB/s |  |  |  |',
      ].join('\n'),
    )
  })

  it('holds figures that are held against each other as they are given', () => {
    const table = { columns: ['strategy', 'nobody', 'a|b'], rows: [['median', '91.0', '90.1; 88.2']] }
    expect(
      keepSections('', [{ name: 'robust', about: 'Rules.', machine: 'an abacus', table }], ['robust']),
    ).toContain(
      ['| strategy | nobody | a\\|b |', '|---|--:|--:|', '| median | 91.0 | 90.1; 88.2 |'].join('\n'),
    )
  })

  it('keeps, word for word, what was measured by benches that did not run', () => {
    const order = ['kernels', 'seal', 'rounds']
    const all = keepSections('', [aSection('rounds', 3), aSection('seal', 2), aSection('kernels', 1)], order)
    expect(keepSections(all, [], order)).toBe(all)
    expect(keepSections(all, [aSection('seal', 20)], order)).toBe(all.replace('2.00 ms', '20.0 ms'))
  })

  it('lists the benches in their order and forgets one that is gone', () => {
    const all = keepSections('', [aSection('seal', 2), aSection('kernels', 1)], ['kernels', 'seal'])
    expect(all.match(/^## .*$/gm)).toEqual(['## kernels', '## seal'])
    expect(keepSections(all, [], ['seal']).match(/^## .*$/gm)).toEqual(['## seal'])
  })
})
