import { spawnSync } from 'node:child_process'
import { chmod, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startBash } from '../fleet/bash-session.ts'
import { COMPILED, MAIN, portToReturnTo } from '../fleet/coordinator-process.ts'
import { temporaryFolder } from '../fleet/folder-bytes.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

type Step = { block: string; said: string | undefined }

/** The shell blocks of a guide, each with the output that it shows. What is only `bash` is for the reader. */
const stepsOf = (guide: string): Step[] =>
  [...guide.matchAll(/^```sh\n([\s\S]*?)^```\n(?:```text\n([\s\S]*?)^```\n)?/gm)].map(
    ([, block = '', said]) => ({
      block,
      said,
    }),
  )

/** What a guide shows as a pattern: `…` is anything on its line, a line of it alone is any lines. */
const patternOf = (said: string): RegExp => {
  const lines = said
    .split('\n')
    .map((line) => (line === '…' ? '[\\s\\S]*?' : escaped(line).replaceAll('…', '.*')))
  return new RegExp(`^${lines.join('\n').replaceAll('[\\s\\S]*?\n', '(?:.*\n)*?')}$`)
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

const NEEDED: Readonly<Record<string, string>> = { 'cli.md': 'bash', 'rest.md': 'curl' }

test.each(['cli.md', 'rest.md'])('what %s says happens', { timeout: 180_000 }, async (name) => {
  const needed = NEEDED[name] ?? ''
  if (spawnSync(needed, ['--version'], { stdio: 'ignore' }).status !== 0)
    throw new Error(`the guide needs ${needed}: install it (on Debian: apt-get install ${needed})`)
  await using folder = await temporaryFolder()
  const port = String(await portToReturnTo())
  await writeFile(
    join(folder.path, 'tributary'),
    `#!/bin/sh\nexec '${process.execPath}' --conditions=source '${MAIN}' "$@"\n`,
  )
  await chmod(join(folder.path, 'tributary'), 0o700)
  await symlink(join(ROOT, 'docs'), join(folder.path, 'docs'))
  await using bash = startBash(folder.path, {
    HOME: folder.path,
    PATH: [folder.path, dirname(process.execPath), process.env.PATH].join(':'),
    NODE_COMPILE_CACHE: COMPILED,
    TRIBUTARY_PORT: port,
    TRIBUTARY_URL: `http://127.0.0.1:${port}`,
  })
  const steps = stepsOf(await readFile(join(ROOT, 'docs/guides', name), 'utf8'))
  expect(steps.length).toBeGreaterThan(7)
  for (const { block, said } of steps) {
    const { code, out } = await bash.run(block.replaceAll('4570', port))
    expect(code, `${block}\n${out}`).toBe(0)
    if (said !== undefined)
      expect(`${out.trimEnd()}\n`, block).toMatch(patternOf(said.replaceAll('4570', port)))
  }
})
