import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// What a program complains of is kept for the error, rather than printed while all is well.
const stdio: ('ignore' | 'pipe')[] = ['ignore', 'pipe', 'pipe']

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** TRIBUTARY_PYTHON=off skips the tests that need Python; everything else runs them or fails. */
export const withoutPython = process.env.TRIBUTARY_PYTHON === 'off'

/**
 * The python of the tests' own environment, made at the first call (a download of about 25 MB).
 * @throws Error that says what to do, where it cannot be made.
 */
export const pythonOfTests = (): string => {
  try {
    return execFileSync(path('../../scripts/python-venv.sh'), { encoding: 'utf8', stdio }).trim()
  } catch (cause) {
    throw new Error(
      'the Python environment of the interoperability tests cannot be made. Install python3 with venv and let pip reach its index, or skip them by TRIBUTARY_PYTHON=off.',
      { cause },
    )
  }
}

/** Runs a script of this folder and gives what it printed as JSON; its complaint becomes the error. */
export const runPython = (python: string, script: string, ...args: string[]): unknown =>
  JSON.parse(execFileSync(python, [path(script), ...args], { encoding: 'utf8', stdio }))

/** A new empty folder that is removed when it is disposed of. */
export const temporaryFolder = (): Disposable & { file(name: string): string; path: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-interop-'))
  return {
    path: folder,
    file: (name) => join(folder, name),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}
