/** `npm run test:private-digits`: the same digit task in the clear, summed securely, and with noise in shares besides. */
import { runDigits } from './digits.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)
const options = { clients: 100, rounds: 5, dropout: 0.2, seed: 1, say }
const clear = await runDigits(options, 'clear')
const secure = await runDigits(options, 'secure')
const noisy = await runDigits(options, 'private')
const points = (from: number, to: number) => (100 * (from - to)).toFixed(2)
const farthest = clear.weights.reduce(
  (most, weight, i) => Math.max(most, Math.abs(weight - (secure.weights[i] ?? 0))),
  0,
)
say(
  `secure aggregation moves no weight by more than ${farthest.toExponential(1)}; it costs ${points(clear.accuracy, secure.accuracy)} points of accuracy`,
)
say(`noise costs ${points(clear.accuracy, noisy.accuracy)} points, at ε = ${noisy.epsilon}`)
process.exitCode = farthest < 1e-4 && Math.abs(clear.accuracy - noisy.accuracy) < 0.02 ? 0 : 1
