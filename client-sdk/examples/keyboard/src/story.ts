/** What the app's own server tells the page, once, when it opens: lines to speak as, lines to judge by, and how the model has done so far. */
import * as z from 'zod/mini'

const Accuracy = z.object({ top1: z.number(), top3: z.number() })

/** How one version did: on the held-out lines, and what it says after each of the prompts. */
export const Judged = z.object({
  version: z.int(),
  ...Accuracy.shape,
  said: z.array(z.array(z.string())),
})
export type Judged = z.infer<typeof Judged>

const Speaker = z.object({ name: z.string(), lines: z.array(z.string()) })

export const Story = z.object({
  /** Whom no simulated client is: a person may begin with their lines. */
  leftOut: z.array(Speaker),
  /** Lines that nobody trains on. */
  heldOut: z.array(z.string()),
  baseline: z.object({ ...Accuracy.shape, words: z.array(z.string()) }),
  /** Of the versions until now, oldest first. */
  judged: z.array(Judged),
})
export type Story = z.infer<typeof Story>

export const STORY_PATH = '/story.json'

/** @throws Error when the app's server does not answer with a story. */
export const loadStory = async (fetch: typeof globalThis.fetch = globalThis.fetch): Promise<Story> => {
  const answer = await fetch(STORY_PATH)
  if (!answer.ok) throw new Error(`${STORY_PATH} answers ${answer.status}`)
  return Story.parse(await answer.json())
}
