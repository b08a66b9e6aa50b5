import { type Alarm, type AlarmKind, alarmsOf } from './alarms.ts'
import { clientFigures, clientRows, holdingsFigure } from './client-figures.ts'
import { type Figure, figureHtml, type Table, tableHtml } from './figure.ts'
import { groupFigures } from './group-figures.ts'
import { headlineOf } from './headline.ts'
import { type Html, html } from './html.ts'
import { bytes, dateText, number, percent } from './number-format.ts'
import { definitions, pageText, section } from './page.ts'
import { personalFigures } from './personal-figures.ts'
import type { RoundResult, RunResults } from './results.ts'
import { costFigures, learningFigures } from './round-figures.ts'
import { attackersOf, datasetOf, scenarioText, strategyOf, targetOf } from './scenario-words.ts'
import { thinned } from './statistics.ts'

const MOST_ROWS = 2_000

/** The report of one run as a page that stands alone. */
export const runPage = async (run: RunResults): Promise<string> => {
  const { scenario, seeds } = run
  const alarms = seeds.flatMap((seed) => alarmsOf(seed, targetOf(scenario)))
  const holdings = await holdingsFigure(run)
  const attackers = attackersOf(scenario)
  const body = html`<header><h1>${scenario.name}</h1>
${definitions('facts', [
  ['data set', datasetOf(scenario)],
  ['strategy', strategyOf(scenario)],
  ...(attackers === undefined ? [] : [['attackers', attackers] as const]),
  [seeds.length === 1 ? 'seed' : 'seeds', scenario.seeds.join(', ')],
  ['date', dateText(run.date)],
  [
    'versions',
    Object.entries(scenario.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ') || '–',
  ],
])}</header>
${section('In short', definitions('headline', headlineOf(run)))}
${section('Alarms', alarmsHtml(alarms, seeds.length))}
${await figuresSection('Learning', learningFigures(run))}
${await figuresSection('Fairness', [...clientFigures(seeds).slice(0, 1), ...personalFigures(seeds), ...groupFigures(seeds)])}
${await figuresSection('Participation and cost', [...clientFigures(seeds).slice(1), ...costFigures(run)])}
${await figuresSection('Data', holdings ? [holdings] : [])}
${section('Models', digestsHtml(run))}
${section(
  'Tables',
  tablesOf(run).map(
    ([title, table]) => html`<details><summary>${title}</summary>${tableHtml(table)}</details>`,
  ),
)}
${section('Scenario', html`<details><summary>scenario.json</summary><pre>${scenarioText(run)}</pre></details>`)}`
  return pageText({ title: `${scenario.name}: ${datasetOf(scenario)}, ${strategyOf(scenario)}`, body })
}

const figuresSection = async (title: string, figures: readonly Figure[]): Promise<Html | undefined> => {
  if (figures.length === 0) return undefined
  const drawn: Html[] = []
  for (const figure of figures) drawn.push(await figureHtml(figure))
  return section(title, html`<div class="figures">${drawn}</div>`)
}

const ALARM_NAMES: Readonly<Record<AlarmKind, string>> = {
  diverging: 'Diverging',
  'no-progress': 'No progress',
  'dead-clients': 'Dead clients',
}

const alarmsHtml = (alarms: readonly Alarm[], seeds: number): Html =>
  alarms.length === 0
    ? html`<p class="fine">None: what the run recorded shows no divergence, no standstill and no dead clients.</p>`
    : html`<ul class="alarms">${alarms.map(
        ({ kind, seed, evidence }) =>
          html`<li><b>${ALARM_NAMES[kind]}</b>${seeds > 1 ? ` (seed ${seed})` : ''}: ${evidence}.</li>`,
      )}</ul>`

const digestsHtml = ({ seeds }: RunResults): Html =>
  definitions(
    'digests',
    seeds.map(({ seed, summary }) => [`seed ${seed}`, html`<code>${summary.modelDigest}</code>`]),
  )

const tablesOf = ({ seeds }: RunResults): readonly (readonly [string, Table])[] => [
  ...seeds.map(
    ({ seed, rounds }) => [`Rounds of seed ${seed} (${number(rounds.length)})`, roundsTable(rounds)] as const,
  ),
  ...(seeds.some(({ clients }) => clients.length > 0)
    ? [['Clients, the least accurate first', clientsTable(seeds)] as const]
    : []),
]

const roundsTable = (rounds: readonly RoundResult[]): Table => {
  const isAttacked = rounds.some((round) => round.outcome === 'completed' && round.attackers !== undefined)
  return {
    columns: [
      'round',
      'outcome',
      'cohort',
      'received',
      'declined',
      'failed',
      'examples',
      'loss',
      'accuracy',
      ...(isAttacked ? ['of attackers', 'attack success'] : []),
      'up',
      'down',
      'virtual s',
      's',
    ],
    rows: thinned(rounds, MOST_ROWS).map((round) => [
      round.round,
      round.outcome === 'completed' ? 'completed' : `abandoned: ${round.reason}`,
      round.cohort,
      round.received,
      ...(round.outcome === 'completed'
        ? [
            round.declined,
            round.failed,
            number(round.examples),
            number(round.loss),
            percent(round.accuracy, 2),
            ...(isAttacked ? [number(round.attackers), percent(round.attackSuccess, 2)] : []),
          ]
        : Array<string>(isAttacked ? 7 : 5).fill('–')),
      bytes(round.bytesUp),
      bytes(round.bytesDown),
      number(round.virtualSeconds),
      number(round.seconds),
    ]),
    ...(rounds.length > MOST_ROWS
      ? { note: `${MOST_ROWS} of ${rounds.length} rounds, evenly taken; all of them are in rounds.csv.` }
      : {}),
  }
}

const clientsTable = (seeds: RunResults['seeds']): Table => {
  const clients = clientRows(seeds)
  const isKnown = (field: 'attack' | 'device') => clients.some(([, client]) => client[field] !== undefined)
  const [withAttack, withDevice] = [isKnown('attack'), isKnown('device')]
  return {
    columns: [
      'client',
      'seed',
      'examples',
      'accuracy',
      'loss',
      'rounds',
      'group',
      ...(withAttack ? ['attack'] : []),
      ...(withDevice ? ['device'] : []),
    ],
    rows: clients
      .slice(0, MOST_ROWS)
      .map(([seed, { client, examples, accuracy, loss, rounds, group, attack, device }]) => [
        client,
        seed,
        number(examples),
        percent(accuracy, 2),
        number(loss),
        rounds,
        group ?? '–',
        ...(withAttack ? [attack ?? 'honest'] : []),
        ...(withDevice ? [device ?? '–'] : []),
      ]),
    ...(clients.length > MOST_ROWS
      ? { note: `The first ${MOST_ROWS} of ${clients.length}; all of them are in clients.jsonl.` }
      : {}),
  }
}
