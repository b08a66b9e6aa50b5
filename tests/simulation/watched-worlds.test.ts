import type { RoundId } from '@tributary/protocols'
import { LiveEvent } from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
import { runWorld } from './faulty-world.ts'
import { replayCommand } from './replay.ts'

const WORLDS = 12

test(`watching breaks nothing in worlds 1 to ${WORLDS}, and tells how every round ended that no fault kept from being told`, async () => {
  const broken: string[] = []
  const untold: string[] = []
  let [told, calmly] = [0, 0]
  for (let seed = 1; seed <= WORLDS; seed++) {
    const ended = new Set<RoundId>()
    const report = await runWorld(seed, {
      watch(event) {
        LiveEvent.parse(event)
        told++
        if (event.type === 'round' && 'endedAt' in event.round) ended.add(event.round.id)
      },
    })
    if (report.violation)
      broken.push(`${report.violation.message}\n  replay: ${replayCommand(seed)}, watched`)
    calmly += report.calmly.length
    for (const id of report.calmly) if (!ended.has(id)) untold.push(`${id} of world ${seed}`)
  }
  expect({ broken, untold }).toEqual({ broken: [], untold: [] })
  expect(calmly).toBeGreaterThan(WORLDS)
  expect(told).toBeGreaterThan(20 * WORLDS)
}, 120_000)
