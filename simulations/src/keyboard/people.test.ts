import { wordVocabulary } from '@tributary/client-sdk/data'
import task from '@tributary/example-keyboard/task' with { type: 'json' }
import vocabulary from '@tributary/example-keyboard/vocabulary' with { type: 'json' }
import { TaskFile, vocabularyDigest } from '@tributary/protocols/task'
import { expect, test } from 'vitest'
import { dataUnderTest } from '../datasets/data-under-test.ts'
import { loadSpeakers } from '../datasets/index.ts'
import { TINY_SHAKESPEARE_FILES } from '../datasets/shakespeare.ts'
import { LEFT_OUT, peopleOf, trainingLines } from './people.ts'

const { folder, present, note } = dataUnderTest([TINY_SHAKESPEARE_FILES.text])

const role = (name: string, lines: number) => ({
  name,
  play: 'a play',
  lines: Array.from({ length: lines }, (_, at) => `${name} ${at}`),
})

test('nobody trains on what is held out, and whoever is left out takes no part', () => {
  const { speakers, leftOut, heldOut } = peopleOf(
    [role('GLOUCESTER', 200), role('ROMEO', 100), role('LEONTES', 10)],
    5,
  )
  expect(speakers.map(({ name, lines }) => [name, lines.length])).toEqual([
    ['GLOUCESTER', 160],
    ['LEONTES', 8],
  ])
  expect(leftOut.map(({ name }) => name)).toEqual(['ROMEO'])
  expect(heldOut).toHaveLength(20 + 2)
  const trained = new Set([...speakers, ...leftOut].flatMap(({ lines }) => lines))
  expect(heldOut.filter((line) => trained.has(line))).toEqual([])
})

test('the task file is one, and its signature is that of the vocabulary', () => {
  const { model } = TaskFile.parse(task)
  const digest = vocabularyDigest({ unit: 'word', unknown: '<unk>', tokens: vocabulary })
  expect(model.signature?.labels).toEqual({
    name: 'next',
    kind: 'next-token',
    vocabulary: { size: 1_000, digest },
  })
})

test.skipIf(!present)(`the vocabulary is made of training lines${note}`, async () => {
  const roles = await loadSpeakers(folder)
  expect(LEFT_OUT.filter((name) => !roles.some((one) => one.name === name))).toEqual([])
  const { tokens } = wordVocabulary(
    roles.flatMap(({ lines }) => trainingLines(lines)),
    { size: 1_000 },
  )
  expect(vocabulary).toEqual(tokens)
})
