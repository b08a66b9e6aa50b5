import type { TopLevelSpec } from 'vega-lite'
import { renderChart } from './chart.ts'
import { type Html, html, ownMarkup } from './html.ts'

export type Table = {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
  /** What was left out, and where it is. */
  readonly note?: string
}

export type Figure = {
  /** Unique in the page; letters, digits and hyphens. */
  readonly id: string
  readonly title: string
  /** What is to be seen, for those who do not see it and for those who wonder. */
  readonly description: string
  readonly chart: TopLevelSpec | { readonly svg: string }
  readonly table: Table
  readonly width?: 'half' | 'full'
}

/** A picture with its title, what it shows in words, and its numbers as a table. */
export const figureHtml = async (figure: Figure): Promise<Html> => {
  const { id, title, description, chart, table, width = 'half' } = figure
  const svg = 'svg' in chart ? chart.svg : await renderChart(chart)
  return html`<figure class="${width}" id="${id}">
<figcaption><h3 id="${id}-title">${title}</h3><p id="${id}-description">${description}</p></figcaption>
<div class="plot" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-description">${ownMarkup(idsUnder(id, svg))}</div>
<details><summary>The numbers of “${title}”</summary>${tableHtml(table)}</details>
</figure>`
}

export const tableHtml = ({ columns, rows, note }: Table): Html =>
  html`${note === undefined ? undefined : html`<p class="note">${note}</p>`}<div class="scroll" tabindex="0"><table><thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, at) => cellHtml(cell, at))}</tr>`)}</tbody></table></div>`

const cellHtml = (cell: string | number, at: number): Html =>
  at === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`

/** Every chart counts its clips and gradients from 0, and a page may have an id only once. */
const idsUnder = (id: string, svg: string): string =>
  svg.replaceAll(/<[^>]*>/g, (tag) =>
    tag.replaceAll(/ id="([^"]*)"/g, ` id="${id}-$1"`).replaceAll(/url\(#([^)]*)\)/g, `url(#${id}-$1)`),
  )
