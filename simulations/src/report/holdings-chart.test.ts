import { describe, expect, it } from 'vitest'
import type { Holdings } from '../partitions/holdings.ts'
import { renderChart } from './chart.ts'
import { holdingsChart } from './holdings-chart.ts'

const someHoldings = (clients: number, labels: number): Holdings => ({
  labels: Array.from({ length: labels }, (_, label) => `label ${label}`),
  counts: Array.from({ length: clients }, (_, client) =>
    Array.from({ length: labels }, (_, label) => ((client + label) % 3 === 0 ? 0 : 10 * (label + 1))),
  ),
})
const draw = (holdings: Holdings, title = 'Who holds what') => holdingsChart(holdings, { title })
/** What a screen reader says of each mark. */
const marks = (svg: string) => [...svg.matchAll(/aria-label="(client: [^"]*)"/g)].map(([, text]) => text)

describe('a chart of who holds what', () => {
  it('has a piece of a bar for each label that a client holds, with its rows', async () => {
    const svg = await draw({
      labels: ['cat', 'dog'],
      counts: [
        [3, 0],
        [1, 2],
      ],
    })
    expect(marks(svg)).toEqual([
      'client: 0; rows: 3; label: cat; order: 0',
      'client: 1; rows: 1; label: cat; order: 0',
      'client: 1; rows: 2; label: dog; order: 1',
    ])
    expect(svg).toContain('2 clients, 6 rows; 3 to 3 a client, median 3')
  })

  it.each([
    ['many clients', 60, 10],
    ['many labels', 10, 30],
  ])('is a matrix of bubbles for %s, one for each that is held', async (_, clients, labels) => {
    const holdings = someHoldings(clients, labels)
    const svg = await draw(holdings)
    expect(svg).toContain('mark-symbol')
    expect(marks(svg).length).toBe(holdings.counts.flat().filter((count) => count > 0).length)
  })

  it('shows the mean of neighbours where clients are too many, and says so', async () => {
    const svg = await draw({ labels: ['a'], counts: Array.from({ length: 301 }, (_, client) => [client]) })
    expect(svg).toContain('the mean of 3 in a column')
    expect(marks(svg)[1]).toContain('client: 3; label: a; rows: 4')
    expect(svg).toContain('301 clients, 45,150 rows; 0 to 300 a client, median 150')
  })

  it('is one text for one set of counts, and stands alone', async () => {
    const [first, again] = [await draw(someHoldings(60, 4)), await draw(someHoldings(60, 4))]
    expect(again).toBe(first)
    expect(first.replaceAll(/xmlns(:xlink)?="[^"]*"/g, '')).not.toMatch(
      /https?:|url\(|<script|<style|@import|href/,
    )
  })

  it('shows names as they are, whatever is in them', async () => {
    const evil = '<script>alert("1")</script>&'
    const svg = await holdingsChart(
      { labels: [evil, 'b'], counts: [[1, 1]] },
      { title: evil, clients: [evil], labelName: evil },
    )
    expect(svg).not.toContain('<script')
    expect(svg).toContain('&lt;script&gt;alert(')
  })

  it('of nobody is an empty one', async () => {
    expect(await draw({ labels: [], counts: [] })).toContain('0 clients, 0 rows; 0 to 0 a client')
  })
})

describe('a chart', () => {
  it('that would fetch something is refused', async () => {
    const fetching = renderChart({
      data: { url: 'https://example.org/rows.csv' },
      mark: 'bar',
      encoding: { x: { field: 'a', type: 'nominal' } },
    })
    await expect(fetching).rejects.toThrow('a chart may not fetch https://example.org/rows.csv')
  })

  it('may be a line with a band, or a histogram', async () => {
    const values = Array.from({ length: 60 }, (_, i) => ({ round: Math.floor(i / 3), loss: 1 / (1 + i) }))
    const x = { field: 'round', type: 'quantitative' } as const
    const line = await renderChart({
      data: { values },
      layer: [
        {
          mark: { type: 'errorband', extent: 'ci' },
          encoding: { x, y: { field: 'loss', type: 'quantitative' } },
        },
        { mark: 'line', encoding: { x, y: { field: 'loss', type: 'quantitative', aggregate: 'mean' } } },
      ],
    })
    expect([line.includes('mark-area'), line.includes('mark-line')]).toEqual([true, true])
    const histogram = await renderChart({
      data: { values },
      mark: 'bar',
      encoding: { x: { field: 'loss', bin: true, type: 'quantitative' }, y: { aggregate: 'count' } },
    })
    expect(histogram).toContain('Count of Records')
  })
})
