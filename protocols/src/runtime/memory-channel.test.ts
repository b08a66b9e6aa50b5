import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { memoryChannel } from './memory-channel.ts'
import { virtualClock } from './virtual-clock.ts'

const Ping = z.strictObject({ ping: z.number() })
const Pong = z.strictObject({ pong: z.number() })

describe('a line in memory', () => {
  test('carries messages both ways after its latency', () => {
    const { clock, line, heardLeft, heardRight } = aLine({ latencyMs: () => 25 })
    line.left.send({ ping: 1 })
    line.right.send({ pong: 2 })
    clock.advanceTo(24)
    expect([heardLeft, heardRight]).toEqual([[], []])
    clock.advanceTo(25)
    expect([heardLeft, heardRight]).toEqual([[{ pong: 2 }], [{ ping: 1 }]])
  })

  test('keeps the order of messages, however latency varies', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 100 }), { minLength: 1 }), (latencies) => {
        const rest = latencies.slice()
        const { clock, line, heardRight } = aLine({ latencyMs: () => rest.shift() ?? 0 })
        latencies.forEach((_, i) => {
          line.left.send({ ping: i })
          if (i % 3 === 0) clock.advanceTo(clock.now() + 7)
        })
        clock.advanceTo(10_000)
        expect(heardRight).toEqual(latencies.map((_, i) => ({ ping: i })))
      }),
    )
  })

  test('hands over copies, made when they are sent', () => {
    const { clock, line, heardRight } = aLine()
    const message = { ping: 1 }
    line.left.send(message)
    message.ping = 2
    clock.advanceTo(100)
    expect(heardRight).toEqual([{ ping: 1 }])
  })

  test('what is not a message of the protocol is told as malformed, and the line stays open', () => {
    const { clock, line, heardRight } = aLine()
    line.left.send({ ping: Number.NaN }) // JSON makes it null, as on a socket
    line.left.send({ ping: 2 })
    clock.advanceTo(100)
    expect(heardRight).toEqual([expect.stringMatching(/^malformed: .*ping/s), { ping: 2 }])
  })

  test('an end that closes still delivers what it sent, and then the end of the line', () => {
    const { clock, line, heardLeft, heardRight } = aLine()
    line.left.send({ ping: 1 })
    line.right.send({ pong: 1 })
    line.left.close('done')
    clock.advanceTo(100)
    expect(heardRight).toEqual([{ ping: 1 }, 'closed: done'])
    expect(heardLeft).toEqual(['closed: done'])
  })

  test('nothing is carried once an end has closed', () => {
    const { clock, line, heardLeft, heardRight } = aLine()
    line.right.close('done')
    line.left.send({ ping: 1 })
    line.right.send({ pong: 1 })
    clock.advanceTo(100)
    expect(heardLeft).toEqual(['closed: done'])
    expect(heardRight).toEqual(['closed: done'])
  })

  test('a cut line loses what was on its way', () => {
    const { clock, line, heardLeft, heardRight } = aLine()
    line.left.send({ ping: 1 })
    line.right.send({ pong: 1 })
    line.cut('network gone')
    clock.advanceTo(100)
    expect(heardLeft).toEqual(['closed: network gone'])
    expect(heardRight).toEqual(['closed: network gone'])
  })

  test('ends once, whoever closes how often, and leaves no timer', () => {
    const { clock, line, heardLeft, heardRight } = aLine()
    line.left.close('first')
    line.right.close('second')
    line.left.close('third')
    line.cut('fourth')
    clock.advanceTo(100)
    expect(heardLeft).toEqual(['closed: first'])
    expect(heardRight).toEqual([expect.stringMatching(/^closed: /)])
    expect(clock.pending()).toBe(0)
  })

  test('has one listener an end', () => {
    const { line } = aLine()
    expect(() => line.left.listen({ message() {}, closed() {} })).toThrow(/listener already/)
  })
})

const aLine = ({ latencyMs = () => 10 }: { latencyMs?: () => number } = {}) => {
  const clock = virtualClock()
  const line = memoryChannel({ clock, latencyMs }, { toLeft: Pong, toRight: Ping })
  const heardLeft: unknown[] = []
  const heardRight: unknown[] = []
  for (const [end, heard] of [
    [line.left, heardLeft],
    [line.right, heardRight],
  ] as const)
    end.listen({
      message: (message) => void heard.push(message),
      malformed: (problem) => void heard.push(`malformed: ${problem}`),
      closed: (reason) => void heard.push(`closed: ${reason}`),
    })
  return { clock, line, heardLeft, heardRight }
}
