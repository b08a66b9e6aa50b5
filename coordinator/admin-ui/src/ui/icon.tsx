/** Outlines on a grid of 16, drawn for this console; they never stand alone for a meaning. */
const PATHS = {
  overview: 'M2 9h4l2-6 2 11 2-5h2',
  tasks: 'M6 4h8M6 8h8M6 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01',
  clients: 'M3 3h10v7H3zM1.5 13h13M6 10v3M10 10v3',
  webhooks: 'M9 3h4v4M13 3 7 9M6 4H3v9h9v-3',
  audit: 'M4 2h6l2 2v10H4zM6 7h4M6 10h4',
  system: 'M3 3h10v4H3zM3 9h10v4H3zM5.5 5h.01M5.5 11h.01',
  access: 'M10.5 2a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M8 8l-6 6M4 12l1.5 1.5M10.5 5.5h.01',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5',
  half: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 2v12M10 3.5v9M12 5.5v5',
  copy: 'M6 6h7v7H6zM3 10V3h7',
  download: 'M8 2v8M4.5 7 8 10.5 11.5 7M3 13.5h10',
  check: 'm3 8.5 3.5 3.5L13 4.5',
  cross: 'm4 4 8 8M12 4l-8 8',
  warning: 'M8 2.5 14.5 13.5h-13zM8 6.5v3M8 11.5h.01',
  out: 'M6 3H3v10h3M7 8h7M11 5l3 3-3 3',
  chevron: 'm6 4 4 4-4 4',
} as const

export type IconName = keyof typeof PATHS

export const Icon = ({ name }: { name: IconName }) => (
  <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
)
