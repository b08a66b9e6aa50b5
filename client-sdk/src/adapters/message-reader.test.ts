import { RoundId, TaskId } from '@tributary/protocols'
import { expect, test, vi } from 'vitest'
import { createMessageReader } from './message-reader.ts'

const standby = (task: string) => ({ type: 'standby', task: TaskId.parse(task) })
const survivors = {
  type: 'secagg-survivors',
  round: RoundId.parse('digits.1'),
  session: 'A'.repeat(43),
  survivors: [0, 1],
  signature: 'A'.repeat(86),
}

const aReader = () => {
  const heard: unknown[] = []
  const read = createMessageReader({
    message: (message) => heard.push(message),
    malformed: (detail) => heard.push(detail),
    failed: (reason) => heard.push({ reason }),
  })
  return { heard, read }
}

test('a message of a plain round is told at once', () => {
  const { heard, read } = aReader()
  read(standby('digits'))
  expect(heard).toEqual([standby('digits')])
})

test('what comes while the schemas of secure rounds are loaded is told behind it, in its order', async () => {
  const { heard, read } = aReader()
  const received = [
    standby('one'),
    survivors,
    standby('two'),
    { ...survivors, survivors: [2] },
    standby('three'),
  ]
  for (const message of received) read(message)
  expect(heard).toEqual([standby('one')])
  await vi.waitFor(() => expect(heard).toEqual(received))
  read(survivors)
  expect(heard).toHaveLength(received.length + 1)
})

test('what no schema takes is malformed, and says where', async () => {
  const { heard, read } = aReader()
  read({ ...survivors, survivors: [2, 1] })
  read({ type: 'standby', task: '' })
  await vi.waitFor(() => expect(heard).toHaveLength(2))
  expect(heard).toEqual([expect.stringContaining('survivors'), expect.stringContaining('task')])
})

test('what is wrong is said at no more length than people read', async () => {
  const { heard, read } = aReader()
  read({ type: 'standby', ['x'.repeat(1_000_000)]: 1 })
  read({ ...survivors, ['y'.repeat(1_000_000)]: 1 })
  await vi.waitFor(() => expect(heard).toHaveLength(2))
  expect(heard.map((detail) => String(detail).length)).toEqual([1_000, 1_000])
})

test('a flood that does not let the schemas load ends it', () => {
  const { heard, read } = aReader()
  read(survivors)
  for (let at = 0; at < 1_000; at += 1) read(standby('digits'))
  expect(heard).toEqual([{ reason: 'too many messages' }])
})
