/**
 * Finds the Chromium of the browser tests, and installs it where that can be done without asking: on Debian, as root.
 *   node scripts/ensure-chromium.ts
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'
import { aptInstall } from './apt-install.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const PLACES = [
  '/usr/lib/chromium/chromium',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

const REMEDY =
  'The browser tests need Chromium. Install it (on Debian `apt-get install chromium`, anywhere `npx playwright-core install chromium`) or name its program in CHROMIUM_PATH.'

/**
 * The path of a Chromium or Chrome that starts: the one that CHROMIUM_PATH names, else one on the PATH, else one where it
 * is usually installed, else Playwright's own; `undefined` where there is none.
 * @throws Error when CHROMIUM_PATH names something that does not start.
 */
export const findChromium = (): string | undefined => {
  const named = process.env.CHROMIUM_PATH
  if (named) {
    if (starts(named)) return named
    throw new Error(`CHROMIUM_PATH names ${named}, which does not start. ${REMEDY}`)
  }
  const folders = (process.env.PATH ?? '').split(delimiter)
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [...onPath, ...PLACES, chromium.executablePath()].find(starts)
}

/**
 * As `findChromium`; installs it on Debian as root.
 * @throws Error that says what to do, where there is none and none can be installed.
 */
export const ensureChromium = (): string => {
  const found = findChromium()
  if (found) return found
  aptInstall('chromium', REMEDY)
  const installed = findChromium()
  if (!installed) throw new Error(`apt-get installed chromium, which does not start. ${REMEDY}`)
  return installed
}

/** Some systems put a placeholder under the name, which only says what to install. */
const starts = (program: string): boolean =>
  existsSync(program) && spawnSync(program, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0

if (import.meta.main) {
  try {
    console.log(`chromium: ${ensureChromium()}`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
