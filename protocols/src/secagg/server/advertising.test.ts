import { describe, expect, test } from 'vitest'
import { graphParameters } from '../graph-parameters.ts'
import { aManifest, playSession } from '../session.builders.ts'

const { seedCommitment } = aManifest(4).graph

/** Half may drop out: of an even number that is too few for a majority, of an odd one it is not. */
const half = (clients: number, least: number) =>
  aManifest(clients, {
    cohort: { least, most: clients },
    graph: { adversary: 'lying', corrupt: 0, dropout: 0.5, seedCommitment },
  })

describe('[M4] where as many as advertised have no graph', () => {
  test('the largest number of them that has one goes on, and one too many is told so', () => {
    expect(graphParameters({ clients: 6, corrupt: 0, dropout: 0.5, adversary: 'lying' })).toBeUndefined()
    const { server, sum, rows, parties } = playSession({ manifest: half(6, 3), clients: 6 })
    expect(server).toMatchObject({ phase: 'completed', survivors: [0, 1, 2, 3, 4] })
    expect(server.dropped.map(({ reason }) => reason)).toEqual(['cohort-full'])
    const members = rows.session()?.clients ?? []
    expect(members).toEqual([...members].sort())
    const [left] = server.dropped
    expect(members).not.toContain(left?.client)
    // Who is left out is drawn by chance that each brought itself, not by its id.
    const lots = [...parties.keys()].map((client) => rows.advertisement(client)?.advertisement.nonce ?? '')
    const last = left && rows.advertisement(left.client)
    expect(last?.advertisement.nonce).toBe(lots.sort().at(-1))
    expect(sum?.segments.who?.divisor).toBe(5)
  })

  test('and no number that is enough has one, the session ends', () => {
    expect(playSession({ manifest: half(6, 6), clients: 6 }).server).toMatchObject({
      phase: 'abandoned',
      reason: 'no-graph',
    })
  })
})
