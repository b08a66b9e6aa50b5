/**
 * Runs cases in a page or in a worker of it: this file is the script of both. The page's test has bound `askDesk`, which the worker asks through
 * the page.
 */
import { createBrowserClient } from '@tributary/client-sdk/browser'
import { cases } from '../cases.ts'
import type { OperatorDesk } from '../operator-desk.ts'

export type Setting = { title: string; coordinator: string; task: string }

/** What went wrong; nothing did where it is empty. */
type Outcome = { fault: string }

type Ask = (question: string, answers: readonly string[]) => Promise<unknown>

export type InPage = typeof globalThis & {
  askDesk: Ask
  runInPage(setting: Setting): Promise<Outcome>
  runInWorker(setting: Setting): Promise<Outcome>
}

type FromWorker = { asked: number; question: string; about: string[] } | Outcome
type ToWorker = Setting | { asked: number; answer?: unknown; fault?: string }

const run = async ({ title, coordinator, task }: Setting, ask: Ask): Promise<Outcome> => {
  const operator = new Proxy({} as OperatorDesk, {
    get:
      (_, question) =>
      (...about: string[]) =>
        ask(String(question), about),
  })
  try {
    await cases
      .find((one) => one.title === title)
      ?.run({
        coordinator,
        task,
        operator,
        createClient: (options) => createBrowserClient({ coordinator, ...options }),
      })
    return { fault: '' }
  } catch (error) {
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

const runInWorker = (setting: Setting): Promise<Outcome> => {
  const worker = new Worker(import.meta.url, { type: 'module' })
  const tell = (word: ToWorker) => worker.postMessage(word)
  return new Promise<Outcome>((resolve) => {
    worker.onerror = ({ message }) => resolve({ fault: message })
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if ('fault' in data) return resolve(data)
      const { asked, question, about } = data
      ;(globalThis as InPage).askDesk(question, about).then(
        (answer) => tell({ asked, answer }),
        (error) => tell({ asked, fault: String(error) }),
      )
    }
    tell(setting)
  }).finally(() => worker.terminate())
}

const serveAsWorker = () => {
  const questions: PromiseWithResolvers<unknown>[] = []
  const tell = (word: FromWorker) => postMessage(word)
  const ask: Ask = (question, about) => {
    const waiting = Promise.withResolvers<unknown>()
    tell({ asked: questions.push(waiting) - 1, question, about: [...about] })
    return waiting.promise
  }
  globalThis.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    if ('title' in data) return void run(data, ask).then(tell)
    const { asked, answer, fault } = data
    if (fault === undefined) questions[asked]?.resolve(answer)
    else questions[asked]?.reject(new Error(fault))
  }
}

if ('document' in globalThis) {
  const runInPage = (setting: Setting) => run(setting, (globalThis as InPage).askDesk)
  Object.assign(globalThis, { runInPage, runInWorker })
} else serveAsWorker()
