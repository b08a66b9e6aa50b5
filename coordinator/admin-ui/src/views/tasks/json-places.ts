/**
 * JSON with where everything stands: for each path, as the coordinator names it in its mistakes (`model.tensors[3].shape`), from
 * which character to which. Of a field that is from its name on.
 */
export type Place = { from: number; to: number }
export type ReadJson =
  | { kind: 'read'; value: unknown; places: ReadonlyMap<string, Place> }
  | { kind: 'broken'; at: number; problem: string }

/** Deeper than any task file; deeper ones would overflow the stack. */
const MOST_DEPTH = 200

export const readJson = (text: string): ReadJson => {
  const places = new Map<string, Place>()
  let at = 0

  const blanks = () => {
    while (' \t\n\r'.includes(text[at] ?? '-')) at++
  }
  const fail = (problem: string, where = at): never => {
    throw new Broken(problem, where)
  }
  const expect = (sign: string, after: string) => {
    if (text[at] !== sign) fail(`${found()} where “${sign}” is expected ${after}`)
    at++
  }
  const found = () => (at >= text.length ? 'the text ends' : `there is “${text[at]}”`)

  const string = (): string => {
    const from = at
    at++
    while (text[at] !== '"') {
      if (at >= text.length) fail('this text in quotes never ends', from)
      if ((text[at] ?? '') < ' ') fail('a line break or control sign must be written as an escape, as in \\n')
      at += text[at] === '\\' ? 2 : 1
    }
    at++
    return parsed(from, 'this text in quotes holds an escape that JSON does not know') as string
  }

  const parsed = (from: number, problem: string): unknown => {
    try {
      return JSON.parse(text.slice(from, at))
    } catch (error) {
      if (error instanceof SyntaxError) return fail(problem, from)
      throw error
    }
  }

  const list = (path: string, depth: number): unknown[] => {
    const items: unknown[] = []
    at++
    blanks()
    while (text[at] !== ']') {
      if (items.length > 0) {
        expect(',', 'or “]” after an entry')
        blanks()
        if (text[at] === ']') fail('a comma after the last entry is no JSON')
      }
      items.push(value(`${path}[${items.length}]`, at, depth))
      blanks()
    }
    at++
    return items
  }

  const record = (path: string, depth: number): object => {
    const fields: [string, unknown][] = []
    at++
    blanks()
    while (text[at] !== '}') {
      if (fields.length > 0) {
        expect(',', 'or “}” after a field')
        blanks()
        if (text[at] === '}') fail('a comma after the last field is no JSON')
      }
      const from = at
      if (text[at] !== '"') fail(`${found()} where a field's name in double quotes is expected`)
      const name = string()
      const inner = pathIn(path, name)
      if (places.has(inner)) fail(`the field ${name} is there twice`, from)
      blanks()
      expect(':', `after the field's name`)
      fields.push([name, value(inner, from, depth)])
      blanks()
    }
    at++
    return Object.fromEntries(fields)
  }

  const value = (path: string, from: number, depth: number): unknown => {
    if (depth > MOST_DEPTH) fail('this is nested too deeply')
    blanks()
    const read = bare(path, depth)
    places.set(path, { from, to: at })
    return read
  }

  const bare = (path: string, depth: number): unknown => {
    if (text[at] === '{') return record(path, depth + 1)
    if (text[at] === '[') return list(path, depth + 1)
    if (text[at] === '"') return string()
    const from = at
    while (/[\w.+-]/.test(text[at] ?? '')) at++
    if (at === from) fail(`${found()} where a value is expected`)
    return parsed(from, `${text.slice(from, at)} is no value: text wants double quotes`)
  }

  try {
    blanks()
    const read = value('', at, 0)
    blanks()
    if (at < text.length) fail(`${found()} after the end of the file`)
    return { kind: 'read', value: read, places }
  } catch (error) {
    if (error instanceof Broken) return { kind: 'broken', at: error.at, problem: error.problem }
    throw error
  }
}

class Broken extends Error {
  override name = 'Broken'
  readonly problem: string
  readonly at: number
  constructor(problem: string, at: number) {
    super(problem)
    this.problem = problem
    this.at = at
  }
}

/** As the coordinator writes paths: a name that would be misread is quoted. */
const pathIn = (path: string, name: string): string => {
  if (!/^[\w-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`
  return path === '' ? name : `${path}.${name}`
}

/** Where a path stands; of one that is not there, what is missing it: the nearest that is. */
export const placeOf = (path: string, places: ReadonlyMap<string, Place>): Place | undefined => {
  for (let at = path; ; at = parentOf(at)) {
    const place = places.get(at)
    if (place || at === '') return place
  }
}

const LAST_STEP = /(?:^|\.)[\w-]+$|\[(?:\d+|"(?:[^"\\]|\\.)*")\]$/

const parentOf = (path: string): string => (LAST_STEP.test(path) ? path.replace(LAST_STEP, '') : '')

/** The line and column, from 1, of a character. */
export const lineAndColumn = (text: string, at: number): { line: number; column: number } => {
  const before = text.slice(0, at)
  const line = before.split('\n').length
  return { line, column: at - before.lastIndexOf('\n') }
}
