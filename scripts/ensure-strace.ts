/**
 * Finds the strace of `npm run test:syncs`, and installs it where that can be done without asking: on Debian, as root.
 *   node scripts/ensure-strace.ts
 */
import { spawnSync } from 'node:child_process'
import { aptInstall } from './apt-install.ts'

const REMEDY =
  'What reaches the disk is read off the system calls of the coordinator: install strace (`apt-get install strace`), on Linux, where processes may be traced.'

/** @throws Error that says what to do, where there is no strace and none can be installed, or it may not trace. */
export const ensureStrace = (): void => {
  if (spawnSync('strace', ['--version'], { stdio: 'ignore' }).status !== 0) aptInstall('strace', REMEDY)
  const tried = spawnSync('strace', ['-o', '/dev/null', 'true'], { encoding: 'utf8' })
  if (tried.status !== 0)
    throw new Error(
      `strace may not trace here (a container without CAP_SYS_PTRACE, or a seccomp profile that forbids ptrace): ${tried.stderr.trim()}. ${REMEDY}`,
    )
}

if (import.meta.main) {
  try {
    ensureStrace()
    console.log('strace: traces')
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
