import { expect, test } from 'vitest'
import { lintExposition, parseExposition } from './exposition.ts'

const lint = (...lines: string[]) => lintExposition(parseExposition(`${lines.join('\n')}\n`))

test('what is well said is read whole, and has no mistake', () => {
  const text = [
    '# HELP a_total Things.',
    '# TYPE a_total counter',
    'a_total{reason="a \\"quoted\\" \\\\ one\\n",kind=""} 3',
    '# HELP b_seconds Time.',
    '# TYPE b_seconds histogram',
    'b_seconds_bucket{le="0.1"} 1',
    'b_seconds_bucket{le="+Inf"} 2',
    'b_seconds_sum 5.5e-1',
    'b_seconds_count 2',
  ]
  expect(parseExposition(`${text.join('\n')}\n`)).toMatchObject([
    {
      name: 'a_total',
      type: 'counter',
      samples: [{ labels: { reason: 'a "quoted" \\ one\n', kind: '' }, value: 3 }],
    },
    { name: 'b_seconds', type: 'histogram', samples: [{}, {}, { value: 0.55 }, { value: 2 }] },
  ])
  expect(lint(...text)).toEqual([])
})

test.each([
  ['a counter without _total', ['# HELP a A.', '# TYPE a counter', 'a 1']],
  ['a gauge with it', ['# HELP a_total A.', '# TYPE a_total gauge', 'a_total 1']],
  ['no help', ['# TYPE a gauge', 'a 1']],
  ['no type', ['# HELP a A.', 'a 1']],
  ['milliseconds', ['# HELP a_ms A.', '# TYPE a_ms gauge', 'a_ms 1']],
  ['a duration without a unit', ['# HELP a_duration A.', '# TYPE a_duration gauge', 'a_duration 1']],
  ['a series twice', ['# HELP a A.', '# TYPE a gauge', 'a{x="1",y="2"} 1', 'a{y="2",x="1"} 1']],
  ['a counter below nothing', ['# HELP a_total A.', '# TYPE a_total counter', 'a_total -1']],
  [
    'buckets that fall',
    [
      '# HELP a_seconds A.',
      '# TYPE a_seconds histogram',
      'a_seconds_bucket{le="1"} 3',
      'a_seconds_bucket{le="+Inf"} 2',
      'a_seconds_sum 1',
      'a_seconds_count 2',
    ],
  ],
  ['an info that is not 1', ['# HELP a_info A.', '# TYPE a_info gauge', 'a_info 0']],
])('%s is a mistake', (_, lines) => {
  expect(lint(...lines)).toHaveLength(1)
})

test.each(['a{b=c} 1', 'a{b="c} 1', 'a 1 2 3', 'a one', '1a 1', 'a{b="c",b="d"} 1'])(
  '%s is not of the format',
  (line) => {
    expect(() => parseExposition(`${line}\n`)).toThrow(/no (sample|label|labels|number)/)
  },
)
