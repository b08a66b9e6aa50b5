import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TaskFile } from '@tributary/protocols/task'
import { expect, test } from 'vitest'
import { startCoordinator } from '../fleet/test-coordinator.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const EXAMPLE = fileURLToPath(new URL('./readme-example.tmp.ts', import.meta.url))

test('the embedding example of the README takes part in a round of the task in docs/guides', async () => {
  await using coordinator = await startCoordinator()
  const { operator, url } = coordinator
  await operator.createTask(
    TaskFile.parse(JSON.parse(await readFile(join(ROOT, 'docs/guides/my-task.json'), 'utf8'))),
  )
  const home = await mkdtemp(join(tmpdir(), 'tributary-readme-'))
  // Beside this file, so that packages are found as they are in an app.
  await writeFile(EXAMPLE, (await exampleOfReadme()).replace('http://127.0.0.1:4570', url))
  const app = spawn(process.execPath, ['--conditions=source', EXAMPLE], {
    env: { ...process.env, HOME: home, TRIBUTARY_INVITATION: await operator.invite(1) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  try {
    const printed = linesOf(app)
    await printed.until('model version 1 is here')
    await operator.call('POST', '/api/v1/tasks/my-task/rounds', {})
    await printed.until('my update is in round my-task.1')
    await printed.until('model version 2 is here')
  } finally {
    app.kill()
    await rm(EXAMPLE, { force: true })
    await rm(home, { recursive: true, force: true })
  }
  expect((await operator.task('my-task')).completedRounds).toBe(1)
})

const exampleOfReadme = async () => {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
  const [, example] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  if (!example) throw new Error('the README has no example in TypeScript')
  return example
}

/** What a process prints, line by line, and what it complains of once it has ended. */
const linesOf = (app: ReturnType<typeof spawn>) => {
  let text = ''
  const waiting = new Set<() => void>()
  const heard = () => {
    for (const check of [...waiting]) check()
  }
  for (const stream of [app.stdout, app.stderr])
    stream?.on('data', (part: Buffer) => {
      text += part.toString()
      heard()
    })
  app.once('exit', heard)
  return {
    until: (line: string) =>
      new Promise<void>((resolve, reject) => {
        const check = () => {
          if (text.includes(line)) resolve()
          else if (app.exitCode !== null) reject(new Error(`the example ended without "${line}":\n${text}`))
          else return
          waiting.delete(check)
        }
        waiting.add(check)
        check()
      }),
  }
}
