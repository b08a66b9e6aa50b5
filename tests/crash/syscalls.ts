/** What strace saw, call by call. */

export type SystemCall = {
  name: string
  /** As strace wrote them. */
  args: string
  /** What it returned; `undefined` where it never did. */
  result: number | undefined
  /** Lines of the log on which it began and ended: of two calls, the one with the lower `ended` was over first. */
  began: number
  ended: number
}

/** How strace must be told to trace for `parseCalls`: every thread, paths beside descriptors, strings in hex and long. */
export const STRACE_FLAGS = [
  '--follow-forks',
  '--decode-fds=path',
  '--strings-in-hex=all',
  '--string-limit=5000',
  '--trace=write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync,rename,mkdir',
] as const

const BEGUN = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+|\?)/
const WHOLE = /^(\d+) +(\w+)\((.*)\) += (-?\d+|\?)/

/** The calls of a log, in the order in which they began. A line that is none (a signal, an exit) is passed over. */
export const parseCalls = (log: string): SystemCall[] => {
  const calls: SystemCall[] = []
  const open = new Map<string, SystemCall>()
  for (const [at, line] of log.split('\n').entries()) {
    const begun = BEGUN.exec(line)
    const resumed = RESUMED.exec(line)
    const whole = WHOLE.exec(line)
    if (begun) {
      const [, thread = '', name = '', args = ''] = begun
      const call = { name, args, result: undefined, began: at, ended: Number.POSITIVE_INFINITY }
      open.set(thread, call)
      calls.push(call)
    } else if (resumed) {
      const [, thread = '', , rest = '', result = ''] = resumed
      const call = open.get(thread)
      open.delete(thread)
      if (call) Object.assign(call, { args: call.args + rest, result: Number(result), ended: at })
    } else if (whole) {
      const [, , name = '', args = '', result = ''] = whole
      calls.push({ name, args, result: Number(result), began: at, ended: at })
    }
  }
  return calls
}

/** The path or socket that the call's first descriptor stands for. */
export const targetOf = ({ args }: SystemCall): string => outOfHex(/^\d+<([^>]*)>/.exec(args)?.[1] ?? '')

/** The strings among the arguments, whole as far as strace shows them. */
export const stringsIn = ({ args }: SystemCall): string[] =>
  Array.from(args.matchAll(/"([^"]*)"/g), ([, text = '']) => outOfHex(text))

const outOfHex = (text: string): string =>
  text.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/** Whether these bytes, or as much of them as strace shows of a write, are in what the call was given. */
export const carries = ({ args }: SystemCall, bytes: Uint8Array): boolean => args.includes(inHex(bytes))

const inHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
