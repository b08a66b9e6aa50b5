import { messageOf, TributaryError } from '../../tributary-error.ts'
import type { Backend, BackendName, BackendOptions, Platform } from './backend.ts'

/**
 * tfjs with the first backend that works here. Loads nothing from the network.
 * @throws TributaryError `no-backend` when none works, with what each said.
 */
export const loadBackend = (options: BackendOptions = {}): Promise<Backend> => {
  const loaded = before.then(() => load(options))
  before = loaded.catch(() => {})
  return loaded
}

/** tfjs has one backend a process: what several clients in it start at once would take each other's place half started. */
let before: Promise<unknown> = Promise.resolve()

const load = async (options: BackendOptions): Promise<Backend> => {
  const { tf, layers } = await loadTfjs()
  const platform = await platformHere()
  const failures: string[] = []
  for (const name of options.prefer ?? platform.order) {
    try {
      await start({ name, tf, layers }, platform, options)
      const { log = logLine } = options
      log(`tributary trains on tfjs ${name}${failures.length > 0 ? ` (${failures.join('; ')})` : ''}`)
      return { name, tf, layers }
    } catch (error) {
      failures.push(`not on ${name}: ${reasonOf(error)}`)
    }
  }
  throw new TributaryError({
    code: 'no-backend',
    problem: `no tfjs backend works here: ${failures.join('; ')}`,
    remedy: 'Install @tensorflow/tfjs-backend-wasm or @tensorflow/tfjs-backend-cpu',
  })
}

const loadTfjs = async () => {
  try {
    const [tf, layers] = await Promise.all([
      import('@tensorflow/tfjs-core'),
      import('@tensorflow/tfjs-layers'),
    ])
    return { tf, layers }
  } catch (cause) {
    const problem = `tfjs cannot be loaded: ${reasonOf(cause)}`
    const remedy =
      'Install @tensorflow/tfjs-core, @tensorflow/tfjs-layers and a backend, such as @tensorflow/tfjs-backend-wasm'
    throw new TributaryError({ code: 'no-backend', problem, remedy }, { cause })
  }
}

const platformHere = async (): Promise<Platform> =>
  'process' in globalThis && process.versions?.node !== undefined
    ? (await import('./node.ts')).node
    : (await import('./browser.ts')).browser

const start = async ({ name, tf }: Backend, platform: Platform, options: BackendOptions): Promise<void> => {
  const install = platform.install[name]
  if (!install) throw new Error('not a backend of this platform')
  if (!registered(tf, name)) await install(tf, options)
  if (!(await tf.setBackend(name))) throw new Error('it does not start')
  await tf.ready()
  // Some backends start, and fail at the first thing they are to compute.
  const probe = tf.tidy(() => tf.add(tf.scalar(1), tf.scalar(1)))
  const [two] = await probe.data()
  probe.dispose()
  if (two !== 2) throw new Error('it computes nonsense')
}

const registered = (tf: Backend['tf'], name: BackendName): boolean =>
  name !== 'wasm' && tf.engine().registryFactory[name] !== undefined

/** The first line, without the address of the importing file: it says where this package lies, which helps nobody. */
const reasonOf = (error: unknown): string =>
  (messageOf(error).split('\n', 1)[0] ?? '')
    .replace(/ imported from .*$/, '')
    .replace(/^Cannot find package '(.*)'$/, '$1 is not installed')

// biome-ignore lint/suspicious/noConsole: which backend trains explains a factor of a hundred in speed, once.
const logLine = (line: string): void => console.info(line)
