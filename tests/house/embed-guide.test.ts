/** The guide for apps names every error and every event that there is, and none that there is not. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')

/** What the first column of the table below a heading names. */
const namesBelow = (guide: string, heading: string): string[] => {
  const section = guide.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name))
}

test('docs/guides/embed.md has every code of TributaryErrorCode', async () => {
  const source = await read('client-sdk/src/tributary-error.ts')
  const union = source.slice(source.indexOf('TributaryErrorCode ='), source.indexOf('export class'))
  const codes = [...union.matchAll(/^ {2}\| '([a-z-]+)'$/gm)].map(([, code = '']) => code)
  expect(codes.length).toBeGreaterThan(20)
  const told = namesBelow(await read('docs/guides/embed.md'), 'Errors')
  expect(told.toSorted()).toEqual(codes.toSorted())
})

test('docs/guides/embed.md has every event of FederatedEvents', async () => {
  const source = await read('client-sdk/src/client-events.ts')
  const type = source.slice(source.indexOf('FederatedEvents = {'), source.indexOf('/** A round that asks'))
  const events = [...type.matchAll(/^ {2}'?([a-z-]+)'?:(?: |$)/gm)].map(([, name = '']) => name)
  expect(events.length).toBeGreaterThan(8)
  const told = namesBelow(await read('docs/guides/embed.md'), 'Events')
  expect(told.toSorted()).toEqual(events.toSorted())
})
