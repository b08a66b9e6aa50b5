/**
 * Reads the text format of Prometheus and holds it to its rules, without the library that wrote it.
 * Source: prometheus.io, "Exposition formats" (text format 0.0.4) and "Metric and label naming".
 */
export type Sample = { name: string; labels: Record<string, string>; value: number }
export type Family = { name: string; type: string; help: string; samples: Sample[] }

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/
const TYPES = ['counter', 'gauge', 'histogram', 'summary']

/** @throws Error that names the line which is none of the format. */
export const parseExposition = (text: string): Family[] => {
  if (!text.endsWith('\n')) throw new Error('the last line must end in a line feed')
  const families = new Map<string, Family>()
  const familyOf = (name: string) => {
    const known = families.get(name)
    if (known) return known
    const made: Family = { name, type: 'untyped', help: '', samples: [] }
    families.set(name, made)
    return made
  }
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? []
    if (word) {
      const family = familyOf(name)
      if (word === 'HELP') family.help = rest
      else if (family.samples.length > 0) throw new Error(`the type of ${name} comes after its samples`)
      else family.type = rest
      continue
    }
    if (line.startsWith('#')) continue
    const sample = parseSample(line)
    const base = sample.name.replace(/_(bucket|sum|count)$/, '')
    familyOf(families.has(sample.name) || !families.has(base) ? sample.name : base).samples.push(sample)
  }
  return [...families.values()]
}

const parseSample = (line: string): Sample => {
  const [, name = '', labels = '', value = ''] = /^([^\s{]+)(?:\{(.*)\})? (\S+)(?: -?\d+)?$/.exec(line) ?? []
  if (!NAME.test(name)) throw new Error(`no sample: ${line}`)
  // As Go's ParseFloat reads them, which asks nothing about case.
  const word = value.toLowerCase()
  const number = { '+inf': Infinity, '-inf': -Infinity, nan: Number.NaN }[word] ?? Number(value)
  if (Number.isNaN(number) && word !== 'nan') throw new Error(`no number: ${line}`)
  return { name, labels: parseLabels(labels, line), value: number }
}

const parseLabels = (text: string, line: string): Record<string, string> => {
  const labels: Record<string, string> = {}
  let rest = text
  while (rest !== '') {
    const found = /^([^=]+)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/.exec(rest)
    if (!found) throw new Error(`no labels: ${line}`)
    const [whole, name = '', value = ''] = found
    if (!LABEL.test(name) || name.startsWith('__') || name in labels) throw new Error(`no label: ${line}`)
    labels[name] = value.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped))
    rest = rest.slice(whole.length)
  }
  return labels
}

/** One line for each rule that is broken. */
export const lintExposition = (families: readonly Family[]): string[] => {
  const mistakes: string[] = []
  const series = new Set<string>()
  for (const family of families) {
    const { name, type, help, samples } = family
    const wrong = (what: string) => void mistakes.push(`${name}: ${what}`)
    if (!TYPES.includes(type)) wrong(`has no type (${type})`)
    if (help.trim() === '') wrong('has no help')
    if (name !== name.toLowerCase()) wrong('is not in snake_case')
    if ((type === 'counter') !== name.endsWith('_total')) wrong('a counter, and nothing else, ends in _total')
    if (/_(bucket|sum|count)$/.test(name)) wrong('ends as the parts of a histogram do')
    if (/_(counter|gauge|histogram|summary)(_|$)/.test(name)) wrong('has its type in its name')
    if (/_(ms|milliseconds?|us|minutes?|hours?|days?|kb|kib|mb|mib|gb|percent)(_|$)/.test(name))
      wrong('is not in a base unit')
    if (/(duration|latency|delay)/.test(name) && !/_seconds(_total)?$/.test(name)) wrong('is not in seconds')
    if (type === 'histogram' && !/_(seconds|bytes)$/.test(name)) wrong('does not say its unit')
    if (name.endsWith('_info') && samples.some(({ value }) => value !== 1)) wrong('an info is 1')
    for (const { name: sampled, labels, value } of samples) {
      const key = `${sampled}${JSON.stringify(Object.entries(labels).toSorted())}`
      if (series.has(key)) wrong(`appears twice: ${key}`)
      series.add(key)
      if (type === 'counter' && !(value >= 0)) wrong(`a counter is at ${value}`)
      if ('le' in labels !== (type === 'histogram' && sampled === `${name}_bucket`)) wrong('le is of buckets')
    }
    if (type === 'histogram') mistakes.push(...lintHistogram(family))
  }
  return mistakes
}

const lintHistogram = ({ name, samples }: Family): string[] => {
  const mistakes: string[] = []
  const groups = Map.groupBy(samples, ({ labels: { le: _, ...labels } }) => JSON.stringify(labels))
  for (const [labels, group] of groups) {
    const buckets = group
      .filter((sample) => sample.name === `${name}_bucket`)
      .map((sample) => ({ le: sample.labels.le === '+Inf' ? Infinity : Number(sample.labels.le), ...sample }))
    const count = group.find((sample) => sample.name === `${name}_count`)
    if (!count || !group.some((sample) => sample.name === `${name}_sum`))
      mistakes.push(`${name}${labels}: has no count and sum`)
    if (buckets.at(-1)?.le !== Infinity || buckets.at(-1)?.value !== count?.value)
      mistakes.push(`${name}${labels}: its last bucket does not hold everything`)
    if (
      buckets.some(
        ({ le, value }, i) =>
          i > 0 && !(le > (buckets[i - 1]?.le ?? 0) && value >= (buckets[i - 1]?.value ?? 0)),
      )
    )
      mistakes.push(`${name}${labels}: its buckets do not rise`)
  }
  return mistakes
}

/** The families of our own. */
export const ours = (families: readonly Family[]): Family[] =>
  families.filter(({ name }) => name.startsWith('tributary_'))

/** Name and labels of every series, in order. */
export const seriesOf = (families: readonly Family[]): string[] =>
  families
    .flatMap(({ samples }) => samples.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`))
    .toSorted()
