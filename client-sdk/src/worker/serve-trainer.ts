/** The worker's side: a trainer and its data, at work for the app that started this worker. */
import { unreachable } from '@tributary/protocols'
import { deviceClock } from '@tributary/protocols/platform'
import type { Assignment } from '@tributary/protocols/task'
import type { Evaluator, ExampleCounter, Predictor, Trainer, TrainingProgress } from '../training/trainer.ts'
import { TributaryError } from '../tributary-error.ts'
import { compact } from './compact.ts'
import { faultOf } from './faults.ts'
import { AppMessage, isOurs, TrainedAnswer, type WorkerMessage } from './messages.ts'
import { type OwnLine, ownLine } from './own-line.ts'

export type ServeOptions = {
  /**
   * Bytes that the trainer holds and the platform does not count: in browsers WebAssembly's and the graphics processor's memory
   * (`tf.memory().numBytes`, say). Asked often while there is work.
   */
  memoryBytes?(): number
}

/** While there is work, the app hears this often that this worker lives. */
const ALIVE_MS = 500

/** Progress is told no more often than people can see. */
const PROGRESS_MS = 100

/**
 * Call it once in the worker's file. The trainer works here, on data that never pass; see `createWorkerTrainer` for the other side. The function that is
 * returned ends the serving.
 * @throws Error outside of a worker.
 */
export const serveTrainer = <T extends Trainer>(
  trainer: T,
  { memoryBytes, line = ownLine() }: ServeOptions & { line?: OwnLine } = {},
): (() => void) => {
  const clock = deviceClock()
  const assignments = new Map<number, Assignment>()
  const aborts = new Map<number, AbortController>()
  const say = (message: WorkerMessage, transfer: ArrayBuffer[] = []) => line.post(message, transfer)

  const alive = () => {
    const held = heldHere(memoryBytes)
    say({ tributary: 'alive', ...(held !== undefined && { bytes: held }) })
  }
  let cancelPulse = () => {}
  const pulse = () => {
    alive()
    cancelPulse = clock.wakeAt(clock.now() + ALIVE_MS, pulse)
  }

  const progressOf = (call: number) => {
    let toldAt = Number.NEGATIVE_INFINITY
    return ({ fraction, loss }: TrainingProgress) => {
      if (clock.now() - toldAt < PROGRESS_MS && fraction < 1) return
      toldAt = clock.now()
      say({ tributary: 'progress', call, fraction, ...(loss !== undefined && { loss }) })
    }
  }

  const answerTo = async (asked: Asked, signal: AbortSignal): Promise<[unknown, ArrayBuffer[]]> => {
    if (asked.tributary === 'count')
      return [await requireAble<ExampleCounter>(trainer, 'countExamples', 'cannot-count').countExamples(), []]
    const assignment = assignments.get(asked.key)
    if (!assignment) throw new Error('the app has not sent the assignment')
    const { weights, frozen } = asked
    const model = { assignment, weights, ...(frozen && { frozen }) }
    switch (asked.tributary) {
      case 'train': {
        const { plan, seed, correction, call } = asked
        const job = { ...model, plan, seed, signal, onProgress: progressOf(call) }
        const result = readResult(await trainer.train({ ...job, ...(correction && { correction }) }))
        // What the trainer gave stays the trainer's.
        const trained = result.weights.slice()
        return [{ ...result, weights: trained }, [trained.buffer]]
      }
      case 'evaluate':
        return [await requireAble<Evaluator>(trainer, 'evaluate', 'cannot-evaluate').evaluate(model), []]
      case 'predict':
        return [
          compact(
            await requireAble<AnyPredictor>(trainer, 'predict', 'cannot-predict').predict(model, asked.input),
          ),
          [],
        ]
      default:
        return unreachable(asked)
    }
  }

  const work = async (asked: Asked): Promise<void> => {
    const { call } = asked
    const abort = new AbortController()
    if (aborts.size === 0) pulse()
    aborts.set(call, abort)
    try {
      const [answer, transfer] = await answerTo(asked, abort.signal)
      say({ tributary: 'done', call, answer }, transfer)
    } catch (error) {
      say({ tributary: 'failed', call, fault: faultOf(error) })
    } finally {
      aborts.delete(call)
      if (aborts.size === 0) cancelPulse()
    }
  }

  const hear = (value: unknown) => {
    if (!isOurs(value)) return
    const heard = AppMessage.safeParse(value)
    // It becomes the worker's error, which the app hears of.
    if (!heard.success) throw new Error(`the app sent what is no message: ${heard.error.message}`)
    const message = heard.data
    switch (message.tributary) {
      case 'assignment':
        return void assignments.set(message.key, message.assignment)
      case 'forget':
        return void assignments.delete(message.key)
      case 'abort':
        return aborts.get(message.call)?.abort(new DOMException('the app has aborted', 'AbortError'))
      case 'train':
      case 'evaluate':
      case 'predict':
      case 'count':
        return void work(message)
      default:
        return unreachable(message)
    }
  }

  const stop = line.listen(hear)
  const { address } = line
  const measures: ('worker' | 'trainer')[] = []
  if (platformBytes() !== undefined) measures.push('worker')
  if (memoryBytes) measures.push('trainer')
  say({ tributary: 'ready', measures, ...(address !== undefined && { address }) })
  return () => {
    stop()
    cancelPulse()
  }
}

type AnyPredictor = Predictor<unknown, unknown>

type Asked = Extract<AppMessage, { tributary: 'train' | 'evaluate' | 'predict' | 'count' }>

/** What a trainer of the app's own gives may be anything. */
const readResult = (result: unknown) => {
  const read = TrainedAnswer.safeParse(result)
  if (read.success) return read.data
  throw new Error(`the trainer’s result cannot be used: ${read.error.message}`)
}

const heldHere = (memoryBytes: (() => number) | undefined): number | undefined => {
  const own = platformBytes()
  return own === undefined && !memoryBytes ? undefined : (own ?? 0) + (memoryBytes?.() ?? 0)
}

/** Of a worker thread of Node: its heap and, among what is external to it, buffers and WebAssembly's memory. Browsers count nothing within a worker. */
const platformBytes = (): number | undefined => {
  if (!('process' in globalThis) || typeof process.memoryUsage !== 'function') return undefined
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** The trainer as one that can do this too, where it can. */
const requireAble = <Able extends object>(
  trainer: object,
  method: keyof Able & string,
  code: 'cannot-predict' | 'cannot-evaluate' | 'cannot-count',
): Able => {
  if (typeof Reflect.get(trainer, method) === 'function') return trainer as Able
  throw new TributaryError({
    code,
    problem: `the worker’s trainer has no \`${method}\``,
    remedy: 'Serve one that has it',
  })
}
