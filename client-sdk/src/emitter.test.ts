import { expect, test } from 'vitest'
import { createEmitter } from './emitter.ts'

type Events = { word: string; number: number }

test('listeners hear their own event, each until it is taken off', () => {
  const heard: unknown[] = []
  const events = createEmitter<Events>(() => undefined)
  const listener = (word: string) => heard.push(word)
  const off = events.on('word', listener)
  events.on('word', listener)
  events.on('number', (number) => heard.push(number))
  events.emit('word', 'a')
  off()
  off()
  events.emit('word', 'b')
  events.emit('number', 1)
  expect(heard).toEqual(['a', 'a', 'b', 1])
})

test('a listener that throws is told of, and the others hear', () => {
  const heard: string[] = []
  const failures: unknown[] = []
  const events = createEmitter<Events>((error, event) => failures.push([event, error]))
  const error = new Error('listener')
  events.on('word', () => {
    throw error
  })
  events.on('word', (word) => heard.push(word))
  events.emit('word', 'a')
  expect(heard).toEqual(['a'])
  expect(failures).toEqual([['word', error]])
})

test('a listener whose promise rejects is told of', async () => {
  const failures: unknown[] = []
  const events = createEmitter<Events>((error, event) => failures.push([event, error]))
  const error = new Error('listener')
  events.on('word', async () => {
    throw error
  })
  events.emit('word', 'a')
  await Promise.resolve()
  expect(failures).toEqual([['word', error]])
})

test('a listener taken off by another during an event does not keep a third from hearing', () => {
  const heard: string[] = []
  const events = createEmitter<Events>(() => undefined)
  const off = events.on('word', () => off())
  events.on('word', (word) => heard.push(word))
  events.emit('word', 'a')
  expect(heard).toEqual(['a'])
})
