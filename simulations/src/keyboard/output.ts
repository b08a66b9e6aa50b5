import type { Judged, Story } from '@tributary/example-keyboard/story'

export type Opened = { page: string; coordinator: string; adminToken: string | undefined }

export type KeyboardOutput = {
  say(text: string): void
  opened(opened: Opened): void
  judged(judged: Judged, seconds: number, baseline: Story['baseline']): void
}

type Stream = { write(text: string): unknown }

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.padStart(7)

export const peopleOutput = (stream: Stream): KeyboardOutput => {
  const line = (text = '') => void stream.write(`${text}\n`)
  let headed = false
  return {
    say: line,
    opened({ page, coordinator, adminToken }) {
      line()
      line(`Open  ${page}`)
      line('in as many tabs as you like: each is a person of its own. Ctrl-C ends everything.')
      line()
      line(`The coordinator’s console is at ${coordinator}${adminToken ? `, its token ${adminToken}` : ''}`)
      line()
    },
    judged({ version, top1, top3, said }, seconds, baseline) {
      if (!headed) line('version   seconds    first  among three   after “I pray” … and “my good” …')
      headed = true
      line(
        `${String(version).padStart(7)}  ${seconds.toFixed(1).padStart(8)}  ${percent(top1)}      ${percent(top3)}   ${said[0]?.join(', ')}; ${said[1]?.join(', ')}`,
      )
      if (version === 1)
        line(
          `          always “${baseline.words.join(', ')}”: ${percent(baseline.top1)}, ${percent(baseline.top3)}`,
        )
    },
  }
}

/** One JSON line each. What people would read goes to `asides`. */
export const jsonOutput = (stream: Stream, asides: Stream): KeyboardOutput => {
  const line = (value: unknown) => void stream.write(`${JSON.stringify(value)}\n`)
  return {
    say: (text) => void asides.write(`${text}\n`),
    opened: (opened) => line({ opened }),
    judged: (judged, seconds, baseline) => line({ judged: { ...judged, seconds }, baseline }),
  }
}
