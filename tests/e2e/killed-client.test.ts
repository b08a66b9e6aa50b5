import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import type { Doom } from '../fleet/doomed-client.ts'
import { AWAITED, SUMS, startSums } from '../fleet/sums.ts'

vi.setConfig({ testTimeout: 60_000 })

test.each<{ phase: NonNullable<Doom['stopAt']>; trainsAnew: boolean; received: boolean }>([
  { phase: 'invited', trainsAnew: true, received: false },
  { phase: 'fetching', trainsAnew: true, received: false },
  { phase: 'training', trainsAnew: true, received: false },
  { phase: 'sealed', trainsAnew: false, received: false },
  { phase: 'half sent', trainsAnew: false, received: false },
  { phase: 'acknowledged', trainsAnew: false, received: true },
])(
  '[S9] [U8] a client that is killed when it is $phase counts once, and the model is right',
  async ({ phase, trainsAnew, received }) => {
    await using sums = await startSums()
    const doom: Doom = {
      coordinator: sums.coordinator.url,
      task: SUMS,
      folder: join(sums.folder, 'doomed'),
      ...AWAITED,
    }
    await using first = startDoomed({ ...doom, token: sums.token, stopAt: phase })
    const { id } = await first.hears<{ id: string }>('id')
    const round = await sums.begin()
    await first.hears('there')
    expect(await sums.hasReceived(round, id)).toBe(received)
    await first.kill()

    await using second = startDoomed(doom)
    expect(await second.hears('id')).toEqual({ id })
    expect(await second.hears('submitted')).toEqual({ submitted: trainsAnew ? 1 : 0 })
    await sums.expectBothOnce(round, id)
    expect([...first.errors(), ...second.errors()]).toEqual([])
  },
)

const PROGRAM = fileURLToPath(new URL('../fleet/doomed-client.ts', import.meta.url))
const END_WITH_PARENT = new URL('../fleet/end-with-parent.ts', import.meta.url).href

const startDoomed = (doom: Doom) => {
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', END_WITH_PARENT, PROGRAM, JSON.stringify(doom)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const exited = once(child, 'exit')
  const lines: object[] = []
  const waiting = new Set<() => void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line))
    for (const look of waiting) look()
  })
  return {
    errors: () => lines.filter((line) => 'error' in line),
    /** The first line that says this. */
    hears: <Line extends object>(what: string): Promise<Line> =>
      new Promise((resolve, reject) => {
        const look = () => {
          const line = lines.find((one) => what in one)
          if (!line) return
          waiting.delete(look)
          resolve(line as Line)
        }
        waiting.add(look)
        look()
        void exited.then(() => reject(new Error(`it ended and has said ${JSON.stringify(lines)}`)))
      }),
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
