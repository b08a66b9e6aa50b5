import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import type { Snippet } from './house-rules.ts'

export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const RULES = 'tests/house/rules'
const BIOME = join(REPOSITORY, 'node_modules/.bin/biome')

const Report = z.object({
  summary: z.object({ unchanged: z.number(), skipped: z.number() }),
  diagnostics: z.array(
    z.object({ category: z.string(), message: z.string(), location: z.object({ path: z.string() }) }),
  ),
})

/**
 * Plants the snippets in an empty tree that has this repository's lint configuration, lints it with one run of Biome and
 * returns, for each snippet in order, the names of the rules that it breaks.
 */
export const lintPlanted = async (snippets: readonly Snippet[]): Promise<string[][]> => {
  const root = await mkdtemp(join(tmpdir(), 'tributary-house-'))
  try {
    for (const path of ['biome.json', '.gitignore', RULES])
      await cp(join(REPOSITORY, path), join(root, path), { recursive: true })
    const paths = snippets.map(({ path }, i) => path.replace('planted', `planted-${i}`))
    for (const [i, path] of paths.entries()) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), snippets[i]?.code ?? '', { flag: 'wx' })
    }
    const { diagnostics } = Report.parse(JSON.parse(await lintJson(root)))
    const broken = Map.groupBy(diagnostics, ({ location }) => location.path)
    return paths.map((path) => [...new Set((broken.get(path) ?? []).map(ruleOf))])
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

/** A plugin's diagnostics are all of one category; their messages begin with the name of the rule. */
const ruleOf = ({ category, message }: { category: string; message: string }): string =>
  category === 'plugin' ? (message.split(':')[0] ?? message) : category

/** Biome answers with status 1 when it finds something, which is what a plant is for. */
const lintJson = (root: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const args = ['lint', '--reporter=json', '--max-diagnostics=none', '.']
    execFile(BIOME, args, { cwd: root, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (stdout.trimStart().startsWith('{')) resolve(stdout)
      else reject(new Error(`biome gave no report\n${stderr}`, { cause: error }))
    })
  })
