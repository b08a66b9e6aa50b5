/** One bash that is given block after block, as a person at a terminal gives them. */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'

export type BashSession = AsyncDisposable & {
  /** Runs a block to its end. What it and what it left in the background have said meanwhile comes with its exit code. */
  run(block: string): Promise<{ code: number; out: string }>
}

/** It and all that it starts are one process group, which ends with it. */
export const startBash = (folder: string, env: Readonly<Record<string, string | undefined>>): BashSession => {
  const bash = spawn('bash', ['--norc', '--noprofile'], { cwd: folder, env, stdio: 'pipe', detached: true })
  let said = ''
  let heard = () => {}
  for (const stream of [bash.stdout, bash.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      said += piece
      heard()
    })
  const ended = new Promise<void>((resolve) => bash.once('exit', () => resolve()))
  return {
    async run(block) {
      const mark = randomUUID()
      const end = new RegExp(`^${mark} (\\d+)\\n`, 'm')
      // The answer of the block is kept apart from what stands on the line before it.
      bash.stdin.write(`{ ${block}\n} 2>&1\nprintf '\\n%s %s\\n' ${mark} $?\n`)
      const found = await new Promise<RegExpExecArray>((resolve, reject) => {
        heard = () => {
          const match = end.exec(said)
          if (match) resolve(match)
        }
        void ended.then(() => reject(new Error(`bash ended in this block:\n${block}\n${said}`)))
        heard()
      })
      const out = said.slice(0, found.index).replace(/\n$/, '')
      said = said.slice(found.index + found[0].length)
      return { code: Number(found[1]), out }
    },
    async [Symbol.asyncDispose]() {
      if (bash.pid !== undefined && bash.exitCode === null) process.kill(-bash.pid, 'SIGKILL')
      await ended
    },
  }
}
