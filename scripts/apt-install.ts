import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/**
 * Installs a package of Debian, where that can be done without asking: on Debian, as root.
 * @throws Error with `remedy`, which says what to do by hand, where it cannot or does not work.
 */
export const aptInstall = (name: string, remedy: string): void => {
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) throw new Error(remedy)
  try {
    execFileSync('apt-get', ['update', '-q'], { stdio: 'inherit' })
    execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', name], { stdio: 'inherit' })
  } catch (cause) {
    throw new Error(`apt-get could not install ${name}. ${remedy}`, { cause })
  }
}
