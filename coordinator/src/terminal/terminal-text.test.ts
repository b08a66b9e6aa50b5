import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainText, progressBar, sparkline, terminalLine, wantsColour } from './terminal-text.ts'

describe('a terminal line', () => {
  it('is coloured by segment only when colour is wanted', () => {
    const segments = [['✓ ', 'good'], ['50/50']] as const
    expect(terminalLine(segments, { colour: true })).toBe('\u001b[32m✓ \u001b[0m50/50')
    expect(terminalLine(segments, { colour: false })).toBe('✓ 50/50')
  })

  it('is cut to the columns, never inside a colour code', () => {
    const segments = [['abc', 'bar'], ['def', 'dim'], ['ghi']] as const
    expect(terminalLine(segments, { colour: false, columns: 5 })).toBe('abcde')
    expect(terminalLine(segments, { colour: true, columns: 3 })).toBe('\u001b[36mabc\u001b[0m')
  })

  it('takes no control characters from text that came from elsewhere', () => {
    expect(plainText('late\u001b[2J\r\nround')).toBe('late [2J round')
  })
})

describe('colour', () => {
  it.each([
    [true, undefined, true],
    [true, '', true],
    [true, '1', false],
    [false, undefined, false],
    [undefined, undefined, false],
  ])('with isTTY %s and NO_COLOR %s is %s', (isTTY, noColor, wanted) => {
    expect(wantsColour({ isTTY, noColor })).toBe(wanted)
  })
})

describe('a progress bar', () => {
  it.each([
    [0, '', '░░░░'],
    [0.5, '██', '░░'],
    [0.53, '██▏', '░'],
    [1, '████', ''],
    [1.7, '████', ''],
  ])('at %d is filled "%s"', (share, filled, rest) => {
    expect(progressBar(share, 4)).toEqual({ filled, rest })
  })

  it('always has its width', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.integer({ min: 1, max: 60 }), (share, width) => {
        const { filled, rest } = progressBar(share, width)
        expect([...filled, ...rest]).toHaveLength(width)
      }),
    )
  })
})

describe('a sparkline', () => {
  it.each([
    [[0, 1], 10, '▁█'],
    [[0, 1, 2, 3, 4, 5, 6, 7], 10, '▁▂▃▄▅▆▇█'],
    [[5, 5, 5], 10, '▄▄▄'],
    [[], 10, ''],
    [[0, 9, 1, 7, 2, 5], 3, '█▅▁'],
  ])('of %j in %i columns is "%s"', (values, width, line) => {
    expect(sparkline(values, width)).toBe(line)
  })

  it('is no wider than asked and ends on the last value', () => {
    const values = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 })
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 60 }), (values, width) => {
        const line = [...sparkline([...values, 1e39], width)]
        expect(line).toHaveLength(Math.min(width, values.length + 1))
        expect(line.at(-1)).toBe('█')
      }),
    )
  })
})
