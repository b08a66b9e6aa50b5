/** The worker's own end of the line to its app. */

export type OwnLine = {
  post(message: unknown, transfer?: ArrayBuffer[]): void
  listen(heard: (message: unknown) => void): () => void
  /** Of the worker's script, where it has one. */
  address: string | undefined
}

/** @throws Error outside of a Web Worker or a worker thread. */
export const ownLine = (): OwnLine => threadLine() ?? webLine()

const threadLine = (): OwnLine | undefined => {
  if (!('process' in globalThis) || typeof process.getBuiltinModule !== 'function') return undefined
  const { parentPort } = process.getBuiltinModule('node:worker_threads')
  if (!parentPort) return undefined
  return {
    address: undefined,
    post: (message, transfer = []) => parentPort.postMessage(message, transfer),
    listen(heard) {
      parentPort.on('message', heard)
      return () => parentPort.off('message', heard)
    },
  }
}

const webLine = (): OwnLine => {
  if (!('WorkerGlobalScope' in globalThis))
    throw new Error('serveTrainer is for the file of a worker: a Web Worker, or a worker thread of Node')
  return {
    address: location.href,
    post: (message, transfer = []) => postMessage(message, { transfer }),
    listen(heard) {
      const hear = ({ data }: MessageEvent<unknown>) => heard(data)
      addEventListener('message', hear)
      return () => removeEventListener('message', hear)
    },
  }
}
