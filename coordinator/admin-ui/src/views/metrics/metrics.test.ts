import type { RoundMetricsView } from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
import { comparedRows, versionsOf } from './compared-versions.ts'
import { fitsLogarithm, metricNames, metricSeries } from './metric-series.ts'

const band = (median: number) => ({ clients: 9, min: 0, p10: median - 1, median, p90: median + 1, max: 99 })
const aRound = (number: number, part: Partial<RoundMetricsView> = {}): RoundMetricsView =>
  ({
    number,
    version: number + 1,
    outcome: 'completed',
    means: { loss: number },
    bands: { loss: band(number) },
    ...part,
  }) as RoundMetricsView
const abandoned = aRound(2, { outcome: 'abandoned', version: null, means: {}, bands: {} })

test('over rounds an abandoned one leaves a gap; over versions it is not there', () => {
  const rounds = [aRound(3), abandoned, aRound(1)]
  const byRound = metricSeries(rounds, 'loss', 'round')
  expect(byRound.x).toEqual([1, 2, 3])
  expect(byRound.series.map(({ values }) => values)).toEqual([
    [2, null, 4],
    [0, null, 2],
    [1, null, 3],
    [1, null, 3],
  ])
  expect(metricSeries(rounds, 'loss', 'version').x).toEqual([2, 4])
})

test('without numbers of single clients there is the mean alone', () => {
  const { series } = metricSeries([aRound(1, { bands: {} })], 'loss', 'round')
  expect(series.map(({ label }) => label)).toEqual(['mean by examples'])
})

test('losses are named first', () => {
  const rounds = [aRound(1, { means: { accuracy: 1, 'test.loss': 1, zeal: 2 }, bands: {} })]
  expect(metricNames(rounds)).toEqual(['test.loss', 'accuracy', 'zeal'])
})

test('a logarithmic axis wants numbers above zero', () => {
  expect(fitsLogarithm(metricSeries([aRound(2)], 'loss', 'round').series)).toBe(true)
  expect(fitsLogarithm(metricSeries([aRound(1)], 'loss', 'round').series)).toBe(false)
})

test('versions are compared with the first of them', () => {
  const rows = comparedRows([aRound(1), aRound(3), aRound(4, { means: {}, bands: {} })])
  expect(rows.map(({ measure }) => measure)).toEqual([
    'mean by examples',
    '10th percentile',
    'median client',
    '90th percentile',
  ])
  expect(rows[0]).toEqual({
    metric: 'loss',
    measure: 'mean by examples',
    values: [1, 3, null],
    differences: [null, 2, null],
  })
})

test('an address names versions, each once, and nothing else', () => {
  expect(versionsOf('3,7,3,0,x,-1,9')).toEqual([3, 7, 9])
  expect(versionsOf('')).toEqual([])
})

test('what every object has is no metric of a round that did not measure it', () => {
  const odd = aRound(1, { means: Object.fromEntries([['constructor', 1]]), bands: {} })
  const rounds = [odd, aRound(2)]
  expect(metricSeries(rounds, 'constructor', 'round').series).toEqual([
    { label: 'mean by examples', kind: 'line', colour: 2, values: [1, null] },
  ])
  expect(comparedRows(rounds).find(({ metric }) => metric === 'constructor')).toMatchObject({
    values: [1, null],
    differences: [null, null],
  })
})
