/** What the charts of a report share: sizes that stay readable on a telephone, and colours. */
import type { TopLevelSpec } from 'vega-lite'

export const PLOT_WIDTH = 350
export const PLOT_HEIGHT = 210

/**
 * Okabe and Ito's palette, which people with any of the common colour blindnesses can tell apart (Color Universal Design,
 * 2008), without its black, which is the page's ink, and with the yellow last, which is faint on white.
 */
export const PALETTE = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#56B4E9', '#E69F00', '#F0E442'] as const
export const DASHES = [[], [7, 3], [2, 2], [8, 3, 2, 3], [12, 4], [4, 4]] as const

export const INK = '#444'
export const SOFT_INK = '#666'
export const BAR = PALETTE[0]
export const MARKED = PALETTE[1]

/** What a page in the dark draws in place of each colour that charts use. */
export const IN_THE_DARK: Readonly<Record<string, string>> = {
  '#0072B2': '#4da9e0',
  '#D55E00': '#f08840',
  '#009E73': '#2fc79b',
  '#CC79A7': '#dd97bf',
  '#444': '#c9ced6',
  '#555': '#b3bac4',
  '#666': '#a5adb8',
  '#888': '#7d8590',
  '#eee': '#2c323a',
  '#ddd': '#3a424c',
  '#000': '#e6e9ee',
  black: '#e6e9ee',
  white: '#171b21',
  '#2f6db5': '#6aa5e8',
}

/** Of every plot; the table below it says what its marks would say one by one. */
export const PLOT_CONFIG: NonNullable<TopLevelSpec['config']> = {
  background: 'white',
  padding: { left: 4, right: 6, top: 4, bottom: 4 },
  axis: {
    labelFontSize: 12,
    titleFontSize: 12,
    labelColor: INK,
    titleColor: INK,
    titleFontWeight: 'normal',
    domainColor: '#888',
    tickColor: '#888',
    labelOverlap: true,
  },
  axisY: {
    titleAngle: 0,
    titleAlign: 'left',
    titleAnchor: 'end',
    titleX: -34,
    titleY: -10,
    minExtent: 38,
    domain: false,
    ticks: false,
    tickCount: 5,
  },
  axisX: { grid: false, tickCount: 6 },
  legend: {
    labelFontSize: 12,
    titleFontSize: 12,
    orient: 'top',
    title: null,
    offset: 28,
    symbolSize: 160,
    rowPadding: 2,
  },
}
