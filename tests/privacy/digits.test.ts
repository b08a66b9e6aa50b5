import { expect, test } from 'vitest'
import { runDigits } from './digits.ts'

// The whole of it, with 100 clients and five rounds, is `npm run test:private-digits`.
test('clients that drop out at every step leave the same model under secure aggregation as in the clear, and with noise an ε', async () => {
  const options = { clients: 16, rounds: 1, dropout: 0.25, seed: 3 }
  const clear = await runDigits(options, 'clear')
  const secure = await runDigits(options, 'secure')
  const noisy = await runDigits(options, 'private')
  expect(secure.survivors).toEqual(clear.survivors)
  expect(secure.survivors[0]).toBeLessThan(16)
  for (const [i, weight] of clear.weights.entries())
    expect(Math.abs((secure.weights[i] ?? Number.NaN) - weight)).toBeLessThan(1e-5)
  expect([clear.epsilon, secure.epsilon]).toEqual([undefined, undefined])
  expect(noisy.epsilon).toBeGreaterThan(1)
  expect(noisy.epsilon).toBeLessThan(30)
}, 120_000)
