import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type ConsoleSetting = 'on' | 'off' | { folder: string }

/** Where the built console is: beside `src` in the repository and beside `dist` in the package. */
const BUILT = fileURLToPath(new URL('../../../admin-ui/dist', import.meta.url))

export const consoleFiles = (setting: ConsoleSetting) => {
  if (setting === 'off') return { kind: 'off' } as const
  const path = setting === 'on' ? BUILT : setting.folder
  return existsSync(join(path, 'index.html'))
    ? ({ kind: 'folder', path } as const)
    : ({ kind: 'not-built' } as const)
}
