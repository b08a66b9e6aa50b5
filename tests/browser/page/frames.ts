/** A page that moves something sixty times a second while a model trains, and counts the frames that it draws. */
import type { Trainer } from '@tributary/client-sdk'
import { createCompactTrainer } from '@tributary/client-sdk/compact'
import { createWorkerTrainer } from '@tributary/client-sdk/worker'
import { type FramesTask, framesExamples, framesModel } from '../frames-training.ts'

export type Where = 'in a worker' | 'in slices' | 'in one go'

const examples = framesExamples()

/** Made before anything is measured. */
const models = { 'long batches': framesModel('long batches'), 'short batches': framesModel('short batches') }

const trainers: Record<Where, Trainer> = {
  'in a worker': createWorkerTrainer({
    worker: () => new Worker('/frames-worker.js', { type: 'module' }),
  }),
  'in slices': createCompactTrainer({ examples }),
  'in one go': createCompactTrainer({ examples, sliceMs: Number.POSITIVE_INFINITY }),
}

/** Draws until `work` is over, and two frames more; gives how often it did, and in how many seconds. */
const drawWhile = async (work: Promise<unknown>): Promise<{ frames: number; seconds: number }> => {
  const box = document.createElement('div')
  box.style.cssText = 'position:absolute;width:60px;height:60px;background:teal'
  document.body.append(box)
  let frames = 0
  const frame = () => new Promise<number>((drawn) => requestAnimationFrame(drawn))
  const startedAt = performance.now()
  let over = false
  const drawing = (async () => {
    while (!over) {
      const now = await frame()
      frames++
      box.style.transform = `translateX(${(now / 5) % 400}px)`
    }
  })()
  await frame()
  await work
  const seconds = (performance.now() - startedAt) / 1_000
  over = true
  await drawing
  await frame()
  box.remove()
  return { frames, seconds }
}

const train = (where: Where, task: FramesTask, epochs: number, signal: AbortSignal) => {
  const { assignment, weights } = models[task]
  return trainers[where].train({
    assignment,
    weights,
    plan: { ...assignment.plan, epochs },
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

const IN_ONE_GO = { 'long batches': 5, 'short batches': 400 } as const

const page = {
  /** Loads what a training needs. */
  warmUp: (where: Where, task: FramesTask) => train(where, task, 1, new AbortController().signal),
  drawAlone: (seconds: number) => drawWhile(new Promise((over) => setTimeout(over, 1_000 * seconds))),
  async drawWhileTraining(where: Where, task: FramesTask, seconds: number) {
    // It begins in a turn of its own, when the first frame has been drawn.
    const work = new Promise<void>((resolve, reject) =>
      setTimeout(() => trainFor(seconds, where, task).then(resolve, reject), 50),
    )
    return drawWhile(work)
  },
}

export type InPage = typeof globalThis & { frames: typeof page }

Object.assign(globalThis, { frames: page })
