import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { pythonOfTests } from '../interop/python.ts'

export type Torch = {
  version: string
  /** Milliseconds of processor time that a step takes, mean of `steps`. */
  step(asked: { model: string; batch: number; steps: number }): Promise<number>
  end(): void
}

/** PyTorch in a process of its own on one thread; undefined where no python at hand has it. */
export const startTorch = async (): Promise<Torch | undefined> => {
  const python = pythonsAtHand().find(hasTorch)
  if (python === undefined) return undefined
  const script = fileURLToPath(new URL('./training_steps.py', import.meta.url))
  const one = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }
  const child = spawn(python, [script], {
    env: { ...process.env, ...one },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const answer = async (): Promise<Record<string, unknown>> => {
    const { done, value } = await lines.next()
    if (done) throw new Error('PyTorch ended before it answered')
    return JSON.parse(value)
  }
  const { version } = await answer()
  return {
    version: String(version),
    async step(asked) {
      child.stdin.write(`${JSON.stringify(asked)}\n`)
      return Number((await answer()).ms)
    },
    end: () => endOf(child),
  }
}

/** TRIBUTARY_TORCH_PYTHON first, then that of the tests, then the machine's. */
const pythonsAtHand = (): string[] => {
  const named = process.env.TRIBUTARY_TORCH_PYTHON
  if (named !== undefined) return [named]
  const own: string[] = []
  try {
    own.push(pythonOfTests())
  } catch {
    // A bench without the environment of the tests is still one.
  }
  return [...own, 'python3', '/usr/bin/python3']
}

const hasTorch = (python: string): boolean => {
  try {
    execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const endOf = (child: ChildProcess): void => {
  child.stdin?.end()
}
