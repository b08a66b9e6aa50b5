/** Dashboard, alert rules and the table of metrics against what a coordinator exposes. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { startCoordinator } from '../fleet/test-coordinator.ts'
import { type Family, parseExposition } from './exposition.ts'

const fileIn = (name: string) => readFile(new URL(`../../docs/operations/${name}`, import.meta.url), 'utf8')

const exposed = async (): Promise<Family[]> => {
  await using coordinator = await startCoordinator()
  return parseExposition(await (await fetch(`${coordinator.url}/metrics`)).text())
}

/** Metrics that a PromQL expression or a text names, by their families. */
const namedIn = (text: string, families: readonly Family[]): string[] => {
  const names = text.match(/\b(?:tributary|nodejs|process)_[a-z0-9_]+/g) ?? []
  const histograms = new Set(families.flatMap(({ name, type }) => (type === 'histogram' ? [name] : [])))
  return [
    ...new Set(
      names.map((name) => {
        const base = name.replace(/_(bucket|sum|count)$/, '')
        return histograms.has(base) ? base : name
      }),
    ),
  ]
}

const unknownAmong = (named: readonly string[], families: readonly Family[]) => {
  const known = new Set(families.map(({ name }) => name))
  return named.filter((name) => !known.has(name))
}

const Dashboard = z.object({
  title: z.string(),
  templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string() })) }),
  panels: z.array(
    z.object({
      id: z.int(),
      type: z.enum(['row', 'timeseries', 'stat']),
      title: z.string().min(1),
      gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
      datasource: z.object({ uid: z.literal(`\${datasource}`) }).optional(),
      fieldConfig: z.object({ defaults: z.object({ unit: z.string().min(1) }) }).optional(),
      targets: z.array(z.object({ expr: z.string().min(1) })).optional(),
    }),
  ),
})

const Rules = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Tributary[A-Z]/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[mh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.strictObject({ summary: z.string().min(20), runbook: z.string().min(40) }),
        }),
      ),
    }),
  ),
})

test('the dashboard can be imported, has a unit and a question for each panel, and asks for what there is', async () => {
  const { panels, templating } = Dashboard.parse(JSON.parse(await fileIn('grafana-dashboard.json')))
  const families = await exposed()
  expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'job', 'instance'])
  const shown = panels.filter(({ type }) => type !== 'row')
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const isWhole = ({ datasource, fieldConfig, targets }: (typeof panels)[number]) =>
    datasource !== undefined && fieldConfig !== undefined && targets !== undefined && targets.length > 0
  expect(shown.filter((panel) => !isWhole(panel))).toEqual([])
  const questions = shown.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)).join('\n')
  expect(unknownAmong(namedIn(questions, families), families)).toEqual([])
  const ours = families.flatMap(({ name }) => (name.startsWith('tributary_') ? [name] : []))
  expect(ours.filter((name) => !namedIn(questions, families).includes(name))).toEqual([])
})

test('every alert has a severity, a summary and what to do, and rests on what there is', async () => {
  const { groups } = Rules.parse(parse(await fileIn('alerts.yml')))
  const families = await exposed()
  const rules = groups.flatMap((group) => group.rules)
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
  for (const { expr } of rules) expect(unknownAmong(namedIn(expr, families), families)).toEqual([])
  const page = await fileIn('monitoring.md')
  const linked = page.match(/`Tributary\w+`/g) ?? []
  expect(linked.filter((name) => !rules.some(({ alert }) => `\`${alert}\`` === name))).toEqual([])
})

test('every label that a rule asks for is one that its metric has', async () => {
  const { groups } = Rules.parse(parse(await fileIn('alerts.yml')))
  const families = await exposed()
  const wrong: string[] = []
  for (const { expr } of groups.flatMap((group) => group.rules))
    for (const [, name = '', matchers = ''] of expr.matchAll(/(tributary_\w+)\{([^}]*)\}/g)) {
      const samples = families.find((family) => family.name === name)?.samples ?? []
      for (const [, label = '', operator, value = ''] of matchers.matchAll(/(\w+)(=~|!~|=|!=)"([^"]*)"/g))
        for (const word of operator?.includes('~') ? value.split('|') : [value])
          if (samples.length > 0 && !samples.some(({ labels }) => labels[label] === word))
            wrong.push(`${name}{${label}="${word}"}`)
    }
  // Refusals are counted from the first one on, but for rounds.
  expect(wrong.filter((one) => !/kind="(message|update)"/.test(one))).toEqual([])
})

test('the table names every metric of our own, with its labels, and none that there is not', async () => {
  const page = await fileIn('monitoring.md')
  const families = await exposed()
  expect(unknownAmong(namedIn(page, families), families)).toEqual([])
  const rows = page.split('\n').filter((line) => line.startsWith('| `tributary_'))
  for (const { name, samples } of families.filter(({ name }) => name.startsWith('tributary_'))) {
    const row = rows.find((line) => line.includes(`\`${name}\``))
    expect(row, `a row for ${name}`).toBeDefined()
    const listed = row?.split('|')[2]?.match(/\w+/g) ?? []
    const labels = Object.keys(samples[0]?.labels ?? {}).filter((label) => label !== 'le')
    if (samples.length > 0) expect(listed.toSorted(), name).toEqual(labels.toSorted())
  }
})

test('the adapter that the page shows is the one that tests run', async () => {
  const adapter = await readFile(new URL('./otel-tracer.ts', import.meta.url), 'utf8')
  expect(await fileIn('monitoring.md')).toContain(adapter.trimEnd())
})
