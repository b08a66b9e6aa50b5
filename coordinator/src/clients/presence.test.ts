import { TaskId } from '@tributary/protocols'
import { describe, expect, test } from 'vitest'
import { clientOf } from '../round/round.builders.ts'
import { createPresence, type Line } from './presence.ts'

const digits = TaskId.parse('digits')
const words = TaskId.parse('words')
const aLine = (n: number): Line => ({ client: clientOf(n), openedAt: 0, send() {}, close() {} })

describe('presence', () => {
  test('knows who is on the line, and who is checked in for what', () => {
    const presence = createPresence()
    const [first, second] = [aLine(1), aLine(2)]
    expect([presence.join(first), presence.join(second)]).toEqual([undefined, undefined])
    presence.checkIn(first, digits)
    presence.checkIn(first, digits)
    presence.checkIn(second, digits)
    presence.checkIn(second, words)
    expect(presence.waiting(digits)).toEqual([clientOf(1), clientOf(2)])
    expect([presence.count(digits), presence.count(words), presence.online()]).toEqual([2, 1, 2])
    expect(presence.line(clientOf(2))).toBe(second)
  })

  test('[C8] who leaves a task is no longer checked in for it, and stays for others', () => {
    const presence = createPresence()
    const line = aLine(1)
    presence.join(line)
    presence.checkIn(line, digits)
    presence.checkIn(line, words)
    presence.checkOut(line, digits)
    presence.checkOut(line, TaskId.parse('never-checked-in'))
    expect([presence.waiting(digits), presence.waiting(words)]).toEqual([[], [clientOf(1)]])
  })

  test('a line that ends takes its check-ins along', () => {
    const presence = createPresence()
    const line = aLine(1)
    presence.join(line)
    presence.checkIn(line, digits)
    presence.drop(line)
    presence.drop(line)
    expect([presence.online(), presence.count(digits), presence.line(clientOf(1))]).toEqual([0, 0, undefined])
  })

  test('[L6] a newer line of the same client replaces the older, whose check-ins are forgotten', () => {
    const presence = createPresence()
    const [older, newer] = [aLine(1), aLine(1)]
    presence.join(older)
    presence.checkIn(older, digits)
    expect(presence.join(newer)).toBe(older)
    expect([presence.online(), presence.count(digits), presence.line(clientOf(1))]).toEqual([1, 0, newer])
  })

  test('[L6] a line that was replaced can neither check in, check out nor take the newer one along', () => {
    const presence = createPresence()
    const [older, newer] = [aLine(1), aLine(1)]
    presence.join(older)
    presence.join(newer)
    presence.checkIn(older, words)
    presence.checkIn(newer, digits)
    presence.checkOut(older, digits)
    presence.drop(older)
    expect([presence.count(words), presence.count(digits), presence.line(clientOf(1))]).toEqual([0, 1, newer])
  })

  test('what it lists is a copy', () => {
    const presence = createPresence()
    const line = aLine(1)
    presence.join(line)
    presence.checkIn(line, digits)
    const waiting = presence.waiting(digits)
    presence.drop(line)
    expect(waiting).toEqual([clientOf(1)])
  })

  test('tells the others who is where, and counts those who wait elsewhere', () => {
    const told: object[] = []
    const presence = createPresence({
      joined: (client) => void told.push({ joined: client }),
      left: (client) => void told.push({ left: client }),
      moved: (whereabouts) => void told.push(whereabouts),
      elsewhere: {
        waiting: () => [clientOf(1), clientOf(7)],
        count: () => 2,
        clients: () => [clientOf(7)],
        tasksOf: () => [],
        lines: () => 1,
      },
    })
    const line = aLine(1)
    presence.join(line)
    presence.checkIn(line, digits)
    presence.checkIn(line, words)
    expect(presence.roll()).toEqual([{ client: clientOf(1), tasks: [digits, words] }])
    expect(presence.waiting(digits)).toEqual([clientOf(1), clientOf(7)])
    expect(presence.count(digits)).toBe(3)
    presence.join(aLine(2))
    presence.checkOut(line, words)
    presence.drop(line)
    expect(presence.roll()).toEqual([])
    expect(told).toEqual([
      { joined: clientOf(1) },
      { client: clientOf(1), tasks: [digits] },
      { client: clientOf(1), tasks: [digits, words] },
      { joined: clientOf(2) },
      { client: clientOf(1), tasks: [digits] },
      { client: clientOf(1), tasks: [] },
      { left: clientOf(1) },
    ])
  })

  test('says of a client where it is, and counts each once wherever it waits', () => {
    const presence = createPresence({
      joined() {},
      left() {},
      moved() {},
      elsewhere: {
        waiting: () => [],
        count: () => 0,
        clients: () => [clientOf(1), clientOf(7), clientOf(7)],
        tasksOf: (client) => (client === clientOf(2) ? [] : [digits]),
        lines: () => 2,
      },
    })
    const [one, two] = [aLine(1), aLine(2)]
    for (const line of [one, two]) presence.join(line)
    presence.checkIn(one, words)
    presence.checkIn(one, digits)
    expect([...presence.everyone()]).toEqual([clientOf(1), clientOf(2), clientOf(7)])
    expect(presence.headcount()).toEqual({ online: 4, checkedIn: 2 })
    expect(presence.whereabouts(clientOf(1))).toEqual({ online: true, tasks: [digits, words] })
    expect(presence.whereabouts(clientOf(2))).toEqual({ online: true, tasks: [] })
    expect(presence.whereabouts(clientOf(7))).toEqual({ online: true, tasks: [digits] })
    expect(createPresence().whereabouts(clientOf(7))).toEqual({ online: false, tasks: [] })
  })
})
