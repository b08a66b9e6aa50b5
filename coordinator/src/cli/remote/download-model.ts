import type { ModelVersion, TaskId } from '@tributary/protocols'
import { digestOfFile, openPartFile, type PartFile } from '../../adapters/files/part-file.ts'
import { granted, type RestClient, type Schemas, UnreachableError } from '../../rest-client/rest-client.ts'
import type { Call } from '../command.ts'
import { InterruptedError } from '../exit-codes.ts'
import { bytesText } from './bytes-text.ts'
import { type Remote, waitOrEnd } from './remote-command.ts'

/** Attempts in a row that brought nothing. */
const MOST_IDLE_TRIES = 5
const PAUSE_MS = 1_000

export type Downloaded = { file: string; bytes: number; digest: string; resumedFrom: number }

/**
 * Brings a version's weights into a file, from where an earlier attempt or a cut connection left off, and holds them against
 * the digest of the version. @throws InterruptedError at Ctrl-C; what came so far stays.
 */
export const downloadModel = async (
  { rest, call, json }: Pick<Remote<unknown, string, unknown>, 'rest' | 'call' | 'json'>,
  model: Schemas['ModelView'],
  file: string,
): Promise<Downloaded> => {
  const { digest, bytes } = model.weights
  const standing = await digestOfFile(file)
  if (standing === digest) return { file, bytes, digest, resumedFrom: bytes }
  if (standing !== undefined)
    throw new Error(`${file} is there already and is something else: remove it, or name another by --output.`)
  await using part = await openPartFile(file)
  if (part.length() > bytes) await part.restart()
  const resumedFrom = part.length()
  const signal = call.interruption()
  const progress = progressOf(call, bytes, !json && call.screen.isTerminal)
  for (let idle = 0; part.length() < bytes; ) {
    const before = part.length()
    try {
      await fetchInto(part, { rest, model, signal, progress })
    } catch (error) {
      if (signal.aborted)
        throw new InterruptedError(
          `Interrupted. ${bytesText(part.length())} of ${bytesText(bytes)} are in ${part.partPath}; the same command goes on from there.`,
          { cause: error },
        )
      idle = part.length() > before ? 0 : idle + 1
      if (!isCut(error) || idle >= MOST_IDLE_TRIES) throw error
      await waitOrEnd(PAUSE_MS, signal)
    }
  }
  progress.end()
  if ((await part.finish(digest as Parameters<PartFile['finish']>[0])) === 'wrong')
    throw new Error(`What came is not ${digest}. It was thrown away; try again.`)
  return { file, bytes, digest, resumedFrom }
}

type Progress = { at(length: number): void; end(): void }

/** One request: what it brings is appended, and is not more than there is. */
const fetchInto = async (
  part: PartFile,
  {
    rest,
    model,
    signal,
    progress,
  }: { rest: RestClient; model: Schemas['ModelView']; signal: AbortSignal; progress: Progress },
): Promise<void> => {
  const { digest, bytes } = model.weights
  const from = part.length()
  const answer = rest.GET('/api/v1/tasks/{task}/models/{version}/weights', {
    params: { path: { task: model.task, version: String(model.version) } },
    headers: from > 0 ? { range: `bytes=${from}-`, 'if-range': `"${digest}"` } : {},
    parseAs: 'stream',
    signal,
  })
  const { response } = await answer
  const stream: ReadableStream<Uint8Array> | null = await granted(answer)
  if (response.status === 200 && from > 0) await part.restart()
  if (!stream) throw new Error('the answer has no body')
  for await (const piece of stream) {
    if (part.length() + piece.length > bytes)
      throw new Error(`More came than the ${bytes} bytes there should be.`)
    await part.append(piece)
    progress.at(part.length())
  }
}

/** Whether the line broke, and another try may bring the rest: fetch has a TypeError for it. */
const isCut = (error: unknown): boolean => error instanceof UnreachableError || error instanceof TypeError

const STEP_MS = 250

const progressOf = ({ complain }: Call, bytes: number, wanted: boolean): Progress => {
  let toldAt = 0
  if (!wanted) return { at: () => {}, end: () => {} }
  return {
    at(length) {
      const now = performance.now()
      if (now - toldAt < STEP_MS) return
      toldAt = now
      complain(`\r\u001b[2K${bytesText(length)} of ${bytesText(bytes)}`)
    },
    end: () => complain('\r\u001b[2K'),
  }
}

export const fileNameOf = (task: TaskId, version: ModelVersion): string => `${task}-v${version}.safetensors`

export const downloadedText = ({ file, bytes, digest, resumedFrom }: Downloaded): string =>
  `${file}: ${bytesText(bytes)}, ${digest}${resumedFrom === bytes ? ' (it was there already)' : resumedFrom > 0 ? ` (resumed at ${bytesText(resumedFrom)})` : ''}\n`
