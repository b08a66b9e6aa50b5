/** The page as a web server gives it out, built in memory. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build, type Rolldown } from 'vite'
import { STORY_PATH } from './src/story.ts'

/** By path: `/`, `/assets/…`, and `/service-worker.js`, which keeps all of them and the story. */
export type PageFiles = ReadonlyMap<string, { type: string; content: string | Uint8Array }>

export const buildPage = async (): Promise<PageFiles> => {
  const built = await build({
    root: fileURLToPath(new URL('.', import.meta.url)),
    logLevel: 'warn',
    mode: 'production',
    build: { write: false },
  })
  const { output } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput
  const files = new Map<string, { type: string; content: string | Uint8Array }>(
    output.map((file) => [
      file.fileName === 'index.html' ? '/' : `/${file.fileName}`,
      { type: typeOf(file.fileName), content: file.type === 'chunk' ? file.code : file.source },
    ]),
  )
  const paths = [...files.keys(), STORY_PATH]
  const worker = await readFile(new URL('./service-worker.js', import.meta.url), 'utf8')
  const name = `keyboard ${createHash('sha256').update(paths.join()).digest('hex').slice(0, 12)}`
  const given = `const FILES = ${JSON.stringify(paths)}\nconst NAME = ${JSON.stringify(name)}\n`
  files.set('/service-worker.js', { type: typeOf('service-worker.js'), content: given + worker })
  return files
}

const typeOf = (name: string): string => {
  const type = TYPES.get(name.slice(name.lastIndexOf('.') + 1))
  if (!type) throw new Error(`the page has a file of an unknown kind: ${name}`)
  return type
}

const TYPES = new Map([
  ['html', 'text/html; charset=utf-8'],
  ['js', 'text/javascript; charset=utf-8'],
  ['css', 'text/css; charset=utf-8'],
])
