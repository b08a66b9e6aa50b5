import { DatasetError } from './dataset-error.ts'

/** One speaking part: `lines` as they are spoken, in order. */
export type Role = { readonly name: string; readonly play: string; readonly lines: readonly string[] }

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/**
 * The speaking parts of one play in Jon Bosak's markup, in the order of their entrances. What stands in a LINE counts, stage
 * directions within it too; a speech of several speakers is a speech of each. It reads SPEECH, SPEAKER and LINE and
 * expands no entity but XML's five, so that no document type can make it grow.
 *
 * @throws DatasetError naming the play when an element is not closed or an entity not known.
 */
export const readPlay = (xml: string, name: string): Role[] => {
  const play = plain(elements(xml, 'TITLE', name).next().value ?? name, name)
  const roles = new Map<string, string[]>()
  for (const speech of elements(xml, 'SPEECH', name)) {
    const lines = [...elements(speech, 'LINE', name)].map((line) => plain(line, name)).filter(Boolean)
    for (const speaker of new Set([...elements(speech, 'SPEAKER', name)].map((text) => plain(text, name)))) {
      const spoken = roles.get(speaker) ?? []
      for (const line of lines) spoken.push(line)
      roles.set(speaker, spoken)
    }
  }
  return [...roles].map(([speaker, lines]) => ({ name: `${play}: ${speaker}`, play, lines }))
}

/**
 * The speakers of Karpathy's one-file Shakespeare: a name and a colon on a line, then lines up to a blank one.
 * @throws DatasetError naming the line where a speech has no speaker.
 */
export const readSpeeches = (text: string, name: string): Role[] => {
  const roles = new Map<string, string[]>()
  let spoken: string[] | undefined
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') spoken = undefined
    else if (spoken) spoken.push(line)
    else {
      if (!/^[^:]+:$/.test(line))
        throw new DatasetError(
          `${name}, line ${index + 1}: a speech begins with its speaker and a colon, not ${JSON.stringify(line.slice(0, 40))}`,
        )
      const speaker = line.slice(0, -1)
      spoken = roles.get(speaker) ?? []
      roles.set(speaker, spoken)
    }
  }
  return [...roles].map(([speaker, lines]) => ({ name: speaker, play: name, lines }))
}

function* elements(xml: string, tag: string, name: string): Generator<string, undefined> {
  const [open, close] = [`<${tag}>`, `</${tag}>`]
  for (let at = xml.indexOf(open); at >= 0; at = xml.indexOf(open, at)) {
    const end = xml.indexOf(close, at)
    if (end < 0) throw new DatasetError(`${name} is truncated: a ${open} is not closed`)
    yield xml.slice(at + open.length, end)
    at = end
  }
}

const plain = (markup: string, name: string): string =>
  markup
    .replace(/<[^<>]*>/g, '')
    .replace(/&([^;&\s]*);?/g, (_, entity: string) => {
      const character = ENTITIES[entity]
      if (character === undefined) throw new DatasetError(`${name}: &${entity.slice(0, 40)}; is not expanded`)
      return character
    })
    .replace(/\s+/g, ' ')
    .trim()
