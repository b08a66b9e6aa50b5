/** The app's end of the line to a worker of either kind. */
import { messageOf } from '../tributary-error.ts'

/** A Web Worker, or a worker thread of Node. */
export type AnyWorker = WebWorker | WorkerThread

type WebWorker = {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void
  addEventListener(name: string, listener: (event: Event) => void): void
  terminate(): void
}

type WorkerThread = {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void
  on(name: string, listener: (value: unknown) => void): unknown
  terminate(): Promise<number>
  ref(): void
  unref(): void
}

export type WorkerLine = {
  /** What is in `transfer` is gone from here. @throws DataCloneError for what cannot pass. */
  post(message: unknown, transfer: ArrayBuffer[]): void
  /** Whether the process is to stay alive for it: threads of Node keep theirs from ending. */
  hold(work: 'some' | 'none'): void
  /** Ends the worker wherever it is. Nothing is heard of it any more. */
  end(): void
}

/** `dead` is called once at most, with why. */
export const openWorkerLine = (
  worker: AnyWorker,
  { heard, dead }: { heard(message: unknown): void; dead(why: unknown): void },
): WorkerLine => {
  let over = false
  const die = (why: unknown) => {
    if (over) return
    over = true
    dead(why)
  }
  const hear = (message: unknown) => {
    if (!over) heard(message)
  }
  const garbled = () => die(new Error('it sent what cannot be read here'))
  if ('on' in worker) {
    worker.on('message', hear)
    worker.on('messageerror', garbled)
    worker.on('error', die)
    worker.on('exit', (code) => die(new Error(`it ended with code ${code}`)))
  } else {
    worker.addEventListener('message', (event) => hear('data' in event ? event.data : undefined))
    worker.addEventListener('messageerror', garbled)
    worker.addEventListener('error', (event) => {
      // Told to whoever waits for the worker: the page itself has thrown nothing.
      event.preventDefault()
      die(new Error(saidBy(event)))
    })
  }
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    hold(work) {
      if (!('ref' in worker)) return
      if (work === 'some') worker.ref()
      else worker.unref()
    },
    end() {
      over = true
      void Promise.resolve(worker.terminate()).catch(() => undefined)
    },
  }
}

/** A script that cannot be loaded is an event that says nothing. */
const saidBy = (event: Event): string =>
  'message' in event && event.message ? messageOf(event.message) : 'its script could not be loaded'
