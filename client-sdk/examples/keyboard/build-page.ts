/** The page as a web server gives it out, built in memory. */
import { fileURLToPath } from 'node:url'
import { build, type Rolldown } from 'vite'

/** By path: `/`, `/assets/…`, and `/service-worker.js`, which lists all of them. */
export type PageFiles = ReadonlyMap<string, { type: string; content: string | Uint8Array }>

export const buildPage = async (): Promise<PageFiles> => {
  const built = await build({
    root: fileURLToPath(new URL('.', import.meta.url)),
    logLevel: 'warn',
    mode: 'production',
    build: { write: false },
  })
  const { output } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput
  const files = new Map(
    output.map((file) => [
      file.fileName === 'index.html' ? '/' : `/${file.fileName}`,
      { type: typeOf(file.fileName), content: file.type === 'chunk' ? file.code : file.source },
    ]),
  )
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
