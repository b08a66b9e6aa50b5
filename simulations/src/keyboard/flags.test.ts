import { expect, test } from 'vitest'
import { parseFlags } from './flags.ts'

test('without flags, 32 speakers and no end', () => {
  expect(parseFlags([])).toEqual({
    speakers: 32,
    port: 0,
    'coordinator-port': 0,
    download: false,
    json: false,
  })
  expect(parseFlags(['--help', '--rounds', 'x'])).toBe('help')
})

test('every mistake is named', () => {
  expect(() => parseFlags(['--speakers', '2', '--port', 'http'])).toThrow(/--speakers: [\s\S]*--port: /)
  expect(() => parseFlags(['--speaker', '7'])).toThrow(/--speaker/)
})
