import { describe, expect, test } from 'vitest'
import { modelKept, updateKept } from './sync-order.ts'
import { parseCalls } from './syscalls.ts'

const DIGEST = `sha256:${'ab'.repeat(32)}`
const hex = (text: string) =>
  Buffer.from(text).reduce((all, byte) => `${all}\\x${byte.toString(16).padStart(2, '0')}`, '')
const asBytes = '\\xab'.repeat(32)
const path = (of: string) => `<${hex(of)}>`

const UPDATE = [
  `7 write(30${path('/d/updates/segments/0a.segment')}, "${hex('TRIBREC1')}${asBytes}"..., 8000) = 8000`,
  `8 fsync(30${path('/d/updates/segments/0a.segment')} <unfinished ...>`,
  `7 write(4${path('pipe:[1]')}, "\\x2a", 1) = 1`,
  '8 <... fsync resumed>) = 0',
  `7 pwrite64(23${path('/d/tributary.sqlite-wal')}, "\\x00${hex(DIGEST)}"..., 4096, 56) = 4096`,
  `7 fsync(23${path('/d/tributary.sqlite-wal')}) = 0`,
  `7 writev(40${path('socket:[9]')}, [{iov_base="${hex(`{"envelope":"${DIGEST}"}`)}", iov_len=90}], 1) = 90`,
]

const MODEL = [
  `7 write(31${path('/d/models/incoming/one')}, "\\x01"..., 8000) = 8000`,
  `8 fsync(31${path('/d/models/incoming/one')}) = 0`,
  `8 rename("${hex('/d/models/incoming/one')}", "${hex(`/d/models/ab/${'ab'.repeat(31)}`)}") = 0`,
  `8 fsync(32${path('/d/models/ab')}) = 0`,
  `7 pwrite64(23${path('/d/tributary.sqlite-wal')}, "${hex(DIGEST)}"..., 4096, 56) = 4096`,
  `7 fsync(23${path('/d/tributary.sqlite-wal')}) = 0`,
  `7 write(41${path('socket:[10]')}, "${hex(DIGEST)}"..., 400) = 400`,
]

describe.each([
  { what: 'an acknowledged update', log: UPDATE, verdict: updateKept },
  { what: 'an announced version', log: MODEL, verdict: modelKept },
])('$what', ({ log, verdict }) => {
  const judged = (lines: readonly string[]) => verdict(parseCalls(lines.join('\n')), DIGEST).kind
  const syncs = log.flatMap((line, at) => (/fsync\(/.test(line) ? [at] : []))

  test('is kept where every step is over before the next begins', () => {
    expect(judged(log)).toBe('kept')
  })

  test.each(syncs)('is broken without the sync on line %i', (at) => {
    expect(judged(log.filter((_, i) => i !== at))).toBe('broken')
  })

  test.each(syncs)('is broken where the sync on line %i fails', (at) => {
    const failing = log.map((line, i) =>
      i === at || (i > at && line.includes('fsync resumed'))
        ? line.replace(/= 0$/, '= -1 EIO (Input/output error)')
        : line,
    )
    expect(judged(failing)).toBe('broken')
  })

  test('is broken where the promise is given before the last sync', () => {
    const last = log.length - 1
    expect(judged([...log.slice(0, last - 1), log[last] ?? '', log[last - 1] ?? ''])).toBe('broken')
  })

  test('is broken where the promise is given before anything else', () => {
    expect(judged([log.at(-1) ?? '', ...log.slice(0, -1)])).toBe('broken')
  })
})

test('a sync that is not over when the row is written counts for nothing', () => {
  const [write = '', begun = '', other = '', ended = '', row = '', ...rest] = UPDATE
  const verdict = updateKept(parseCalls([write, begun, other, row, ended, ...rest].join('\n')), DIGEST)
  expect(verdict).toEqual({ kind: 'broken', problem: expect.stringContaining('row → log') })
})
