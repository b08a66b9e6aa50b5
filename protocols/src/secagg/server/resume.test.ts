import { describe, expect, test } from 'vitest'
import { aManifest, playSession } from '../session.builders.ts'
import { messageFor, resumeServer } from './message-for.ts'

const QUESTIONS = ['secagg-roster', 'secagg-bundles', 'secagg-survivors', 'secagg-confirmations'] as const

describe('a coordinator that restarts', () => {
  test.each(QUESTIONS)(
    'before its %s have all been heard asks exactly those who have not answered, in the same bytes',
    (type) => {
      const manifest = aManifest(5, { unmasking: 'confirmed' })
      const asked = new Map<string, unknown>()
      let heard = 0
      const { server, rows, shown } = playSession({
        manifest,
        clients: 5,
        tamper: {
          down(message, to) {
            if (message.type === type) asked.set(to, message)
            return [message]
          },
        },
        pauseAt: (message) => message.type === type && ++heard === 4,
      })
      const [effect] = resumeServer(server, rows)
      if (effect?.type !== 'tell') return expect.fail('it owes nothing')
      // Their answers are on their way and were not heard: all five are asked again.
      expect(effect.clients.length).toBe(5)
      expect(shown.length).toBeGreaterThan(5)
      for (const client of effect.clients) expect(messageFor(server, rows, client)).toEqual(asked.get(client))
    },
  )

  test('owes nothing once the session has ended, and the sum while it is being made', () => {
    const { server, rows } = playSession({ manifest: aManifest(4), clients: 4 })
    expect(server.phase).toBe('completed')
    expect(resumeServer(server, rows)).toEqual([])
    if (server.phase !== 'completed') return
    const { manifest, dropped, survivors } = server
    const signature = rows.session()?.signature ?? expect.fail('there is no record')
    const summing = {
      phase: 'summing',
      manifest,
      dropped,
      survivors,
      members: survivors,
      answered: survivors,
      signature,
    } as const
    expect(resumeServer(summing, rows)).toEqual([{ type: 'sum' }])
  })

  test('keeps a state of a few kilobytes, without a secret but the seed that is not yet opened', () => {
    const { server } = playSession({ manifest: aManifest(20), clients: 20 })
    expect(JSON.stringify(server).length).toBeLessThan(4_000)
  })
})
