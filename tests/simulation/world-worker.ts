/** A thread that runs the worlds whose seeds it is sent, one after the other. */
import { parentPort, workerData } from 'node:worker_threads'
import * as z from 'zod'
import { runWorld } from './faulty-world.ts'
import type { ToldWorld } from './world-crew.ts'
import { WorldPrivacy } from './world-plan.ts'

const NOTHING = {
  events: 0,
  restarts: 0,
  rounds: { completed: 0, abandoned: 0 },
  takenOver: 0,
  faults: 0,
  powerCuts: 0,
  digest: '',
  calmly: [],
}

const privacy = WorldPrivacy.parse(workerData)
const Seeds = z.array(z.int())

/** A world that cannot even be run is told like one in which a law was broken. */
const tell = async (seed: number): Promise<ToldWorld> => {
  try {
    const { violation, ...report } = await runWorld(seed, { privacy })
    return { ...report, violation: violation?.message }
  } catch (error) {
    const violation = `the world broke: ${error instanceof Error ? error.stack : String(error)}`
    return { ...NOTHING, seed, violation }
  }
}

parentPort?.on('message', async (message) => {
  for (const seed of Seeds.parse(message)) parentPort?.postMessage(await tell(seed))
  parentPort?.postMessage('more')
})
