/** A page that moves something sixty times a second while a model trains, and counts the frames that it draws. */
import type { Trainer } from '@tributary/client-sdk'
import { createCompactTrainer } from '@tributary/client-sdk/compact'
import { createWorkerTrainer } from '@tributary/client-sdk/worker'
import { type FramesTask, framesExamples, framesModel } from '../frames-training.ts'

export type Where = 'in a worker' | 'in slices' | 'in one go'

export type Drawn = {
  seconds: number /** Share of the frames that were due and not drawn, 0 to 1. */
  dropped: number
}

const FRAME_MS = 1_000 / 60

const trainers: Record<Where, Trainer> = {
  'in a worker': createWorkerTrainer({
    worker: () => new Worker('/frames-worker.js', { type: 'module' }),
  }),
  'in slices': createCompactTrainer({ examples: framesExamples }),
  'in one go': createCompactTrainer({ examples: framesExamples, sliceMs: Number.POSITIVE_INFINITY }),
}

/** Draws until `work` is over. */
const drawWhile = async (work: Promise<unknown>): Promise<Drawn> => {
  const box = document.createElement('div')
  box.style.cssText = 'position:absolute;width:60px;height:60px;background:teal'
  document.body.append(box)
  let frames = 0
  let over = false
  const draw = (now: number) => {
    frames++
    box.style.transform = `translateX(${(now / 5) % 400}px)`
    if (!over) requestAnimationFrame(draw)
  }
  const startedAt = performance.now()
  requestAnimationFrame(draw)
  await work
  const ms = performance.now() - startedAt
  over = true
  box.remove()
  return { seconds: ms / 1_000, dropped: Math.max(0, 1 - frames / (ms / FRAME_MS)) }
}

const train = (where: Where, task: FramesTask, epochs: number, signal: AbortSignal) => {
  const { assignment, weights } = framesModel(task, epochs)
  return trainers[where].train({
    assignment,
    weights,
    plan: assignment.plan,
    seed: 1,
    signal,
    onProgress: () => undefined,
  })
}

/** Until it is told to stop: a training in one go does not hear of that, and goes on to the end of its epochs. */
const trainFor = async (seconds: number, where: Where, task: FramesTask): Promise<void> => {
  const enough = AbortSignal.timeout(1_000 * seconds)
  await train(where, task, where === 'in one go' ? IN_ONE_GO[task] : 10_000, enough).catch((error) => {
    if (!enough.aborted) throw error
  })
}

const IN_ONE_GO = { 'long batches': 5, 'short batches': 100 } as const

const page = {
  /** Loads what a training needs. */
  warmUp: (where: Where, task: FramesTask) => train(where, task, 1, new AbortController().signal),
  /** Draws alone, and while it trains. */
  async drawPair(
    where: Where,
    task: FramesTask,
    seconds: number,
  ): Promise<{ alone: Drawn; training: Drawn }> {
    const alone = await drawWhile(new Promise((over) => setTimeout(over, 1_000 * seconds)))
    return { alone, training: await drawWhile(trainFor(seconds, where, task)) }
  },
}

export type InPage = typeof globalThis & { frames: typeof page }

Object.assign(globalThis, { frames: page })
