/** What Linux's /proc says of a process. */
import { readFileSync } from 'node:fs'

/** Resident memory, in MB of 10⁶ bytes. */
export const rssMbOf = (pid: number): number => {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return (Number(kilobytes) * 1_024) / 1e6
}

/** Linux counts a process's time in these, on every machine there is (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100

/** Processor time since it began, of all its threads. */
export const cpuSecondsOf = (pid: number): number => {
  // The second field is the program's name in parentheses, and may hold anything.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user, system] = [Number(fields[11]), Number(fields[12])]
  return (user + system) / TICKS_PER_SECOND
}

/** How many files and sockets this process may have open. */
export const openFilesAllowed = (): number => {
  const limit = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit)
}
