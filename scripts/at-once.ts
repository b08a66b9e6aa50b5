/**
 * Runs commands at once, and shows what each wrote when it has ended. Fails where one of them does, after all have ended.
 *   node scripts/at-once.ts 'tsc -p tsconfig.json' 'biome check .'
 */
import { spawn } from 'node:child_process'

const run = (command: string): Promise<boolean> => {
  const startedAt = performance.now()
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let written = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      written += text
    })
  return new Promise((ended, cannot) => {
    child.once('error', cannot)
    child.once('close', (code, signal) => {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
      const outcome = code === 0 ? 'done' : `failed (${signal ?? code})`
      process.stdout.write(`${command}: ${outcome} in ${seconds} s\n${written}`)
      ended(code === 0)
    })
  })
}

const outcomes = await Promise.all(process.argv.slice(2).map(run))
if (outcomes.includes(false)) process.exitCode = 1
