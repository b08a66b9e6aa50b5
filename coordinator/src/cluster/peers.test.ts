import { TaskId } from '@tributary/protocols'
import { seededRandom, uniform, virtualClock } from '@tributary/protocols/runtime'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memorySignals } from '../adapters/memory/memory-signals.ts'
import { clientOf } from '../round/round.builders.ts'
import { createPeers, type Heard } from './peers.ts'
import { newReplicaId, type Whereabouts } from './signal.ts'

const digits = TaskId.parse('digits')
const words = TaskId.parse('words')

describe('processes that share a coordinator', () => {
  test('know of each other’s clients, those from before they came included', () => {
    const { add, settle } = aWorld()
    const first = add()
    first.place(1, [digits])
    settle()
    const second = add()
    settle()
    second.place(2, [digits, words])
    first.place(3, [words])
    settle()
    expect([first.waiting(digits), first.waiting(words)]).toEqual([[2], [2]])
    expect([second.waiting(digits), second.waiting(words)]).toEqual([[1], [3]])
    first.place(1, [])
    settle()
    expect([second.waiting(digits), second.peers.count(digits)]).toEqual([[], 0])
  })

  test('hear what the others say, once a copy that arrives, and not themselves', () => {
    const { add, settle } = aWorld()
    const [first, second, third] = [add(), add(), add()]
    settle()
    first.peers.tell({ type: 'look', task: digits })
    first.peers.tell({ type: 'revoked', client: clientOf(1) })
    settle()
    const said = [
      { type: 'look', task: digits },
      { type: 'revoked', client: clientOf(1) },
    ]
    expect([first.heard, second.heard, third.heard]).toEqual([[], said, said])
  })

  test('are told when clients check in elsewhere', () => {
    const { add, settle } = aWorld()
    const [first, second] = [add(), add()]
    settle()
    first.place(1, [digits])
    settle()
    first.place(1, [digits, words])
    settle()
    expect(second.arrived).toEqual([digits, words])
  })

  test('know how many lines each other has, those that came before and who missed it included', () => {
    const { add, clock } = aWorld()
    const [first, second] = [add(), add()]
    first.lines = 3
    clock.advanceTo(clock.now() + 1_100)
    expect([first.peers.lines(), second.peers.lines(), second.moved > 0]).toEqual([0, 3, true])
    first.lines = 2
    const third = add()
    clock.advanceTo(clock.now() + 6_000)
    expect([second.peers.lines(), third.peers.lines()]).toEqual([2, 2])
    second.lines = 5
    clock.advanceTo(clock.now() + 1_100)
    expect([first.peers.lines(), third.peers.lines()]).toEqual([5, 7])
    first.peers.stop()
    clock.advanceTo(clock.now() + 50)
    expect(third.peers.lines()).toBe(5)
  })

  test('forget one that is silent for more than six seconds, and at once one that takes leave', () => {
    const { add, settle, clock } = aWorld()
    const [first, second, third] = [add(), add(), add()]
    settle()
    second.place(1, [digits])
    third.place(2, [digits])
    settle()
    expect(first.waiting(digits)).toEqual([1, 2])
    third.peers.stop()
    settle()
    expect([first.waiting(digits), first.peers.alive()]).toEqual([[1], 1])
    void second.signals.close()
    clock.advanceTo(clock.now() + 5_000)
    expect(first.waiting(digits)).toEqual([1])
    clock.advanceTo(clock.now() + 3_000)
    expect([first.waiting(digits), first.peers.alive()]).toEqual([[], 0])
  })

  test('a roll of thousands arrives whole, in letters that are small enough to keep their order', () => {
    const { add, settle, bus } = aWorld()
    const first = add()
    for (let n = 0; n < 3_000; n++) first.place(n, [digits])
    settle()
    const letters: string[] = []
    bus.join().listen((letter) => void letters.push(JSON.stringify(letter)))
    const second = add()
    settle()
    expect(second.peers.count(digits)).toBe(3_000)
    expect(letters.length).toBeGreaterThan(50)
    expect(Math.max(...letters.map(({ length }) => length))).toBeLessThan(7_500)
  })

  test('look up what one that died may have saved and told nobody; one that takes leave has told all', () => {
    const { add, settle, clock } = aWorld()
    const [first, second, third] = [add(), add(), add()]
    settle()
    third.peers.stop()
    clock.advanceTo(clock.now() + 10_000)
    expect(first.missed).toBe(0)
    void second.signals.close()
    clock.advanceTo(clock.now() + 10_000)
    expect(first.missed).toBe(1)
  })

  test('a signal that makes no sense is a fault that is told, and nothing more', () => {
    const { add, settle, bus } = aWorld()
    const first = add()
    const stranger = bus.join()
    for (const nonsense of [
      null,
      7,
      'look',
      {},
      { from: 'x', number: 1, signals: [] },
      { from: newReplicaId(seededRandom(1)), number: 1, signals: [{ type: 'dance' }] },
    ])
      stranger.send(nonsense)
    settle()
    expect(first.faults).toBe(6)
    expect(first.heard).toEqual([])
    const roll = { type: 'roll', clients: [], part: 0, of: Number.MAX_SAFE_INTEGER }
    stranger.send({ from: newReplicaId(seededRandom(9)), number: 2, signals: [roll] })
    settle()
    expect(first.peers.count(digits)).toBe(0)
  })

  test('agree in the end, whatever was lost, late or repeated on the way', () => {
    const move = fc.record({
      process: fc.nat({ max: 2 }),
      client: fc.nat({ max: 5 }),
      tasks: fc.subarray([digits, words]),
      thenMs: fc.nat({ max: 40 }),
    })
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), fc.nat(), (moves, seed) => {
        const chance = seededRandom(seed)
        let troubled = true
        const world = aWorld(() => {
          if (!troubled) return [1]
          const luck = uniform(chance)
          const late = () => 60 * uniform(chance)
          return luck < 0.2 ? [] : luck < 0.3 ? [late(), late()] : [late()]
        })
        const processes = [world.add(), world.add(), world.add()]
        // Enough for a roll to take three letters.
        for (let n = 100; n < 230; n++) processes[0]?.place(n, [digits])
        for (const { process, client, tasks, thenMs } of moves) {
          processes[process]?.place(client, tasks)
          world.clock.advanceTo(world.clock.now() + thenMs)
        }
        world.clock.advanceTo(world.clock.now() + 200)
        troubled = false
        world.clock.advanceTo(world.clock.now() + 12_000)
        for (const here of processes)
          for (const task of [digits, words]) {
            const there = processes
              .filter((other) => other !== here)
              .flatMap((other) => [...other.here].filter(([, tasks]) => tasks.includes(task)))
              .map(([n]) => n)
            expect(here.waiting(task).sort()).toEqual([...new Set(there)].sort())
          }
      }),
      { numRuns: 200 },
    )
  })
})

/** Processes on one virtual clock that hear each other as `fate` has it. */
const aWorld = (fate: () => readonly number[] = () => [1]) => {
  const clock = virtualClock(1_000)
  const bus = memorySignals({ clock, fate })
  let seed = 0
  const add = () => {
    const signals = bus.join()
    const here = new Map<number, TaskId[]>()
    const heard: Heard[] = []
    const arrived: TaskId[] = []
    const made = { faults: 0, missed: 0, lines: 0, moved: 0 }
    const whereabouts = ([n, tasks]: [number, TaskId[]]): Whereabouts => ({ client: clientOf(n), tasks })
    const peers = createPeers({
      replica: newReplicaId(seededRandom(++seed)),
      clock,
      signals,
      roll: () => [...here].filter(([, tasks]) => tasks.length > 0).map(whereabouts),
      lines: () => made.lines,
      hear: (signal) => void heard.push(signal),
      arrived: (task) => void arrived.push(task),
      moved() {
        made.moved++
      },
      missed() {
        made.missed++
      },
      fault() {
        made.faults++
      },
    })
    peers.start()
    return Object.assign(made, {
      peers,
      signals,
      here,
      heard,
      arrived,
      place(n: number, tasks: TaskId[]) {
        here.set(n, tasks)
        peers.moved({ client: clientOf(n), tasks })
      },
      waiting: (task: TaskId) =>
        Array.from(peers.waiting(task), (client) => Number.parseInt(client.slice(2), 16)),
    })
  }
  return { clock, bus, add, settle: () => clock.advanceTo(clock.now() + 50) }
}
