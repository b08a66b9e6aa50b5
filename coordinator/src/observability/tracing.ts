import type { Clock } from '@tributary/protocols/runtime'
import { isSampled, traceIdOf } from '@tributary/protocols/tracing'
import { Counter, type Registry } from 'prom-client'
import { openOtlpSpans } from '../adapters/otlp/open-spans.ts'
import { ownVersion } from '../adapters/own-version.ts'
import type { RoundChange } from '../engine/saved-round.ts'
import type { Spans } from '../ports/spans.ts'
import type { Round } from '../round/round.ts'
import { spansOf } from './round-spans.ts'

/** `ratio`: of rounds that are traced, 0 to 1. Which these are follows from their ids. */
export type TracesOptions = { kind: 'off' } | { kind: 'otlp'; ratio: number }

export type Tracing = {
  roundSaved(round: Round, change: RoundChange): void
  /** Where other spans go; nowhere without traces. */
  spans: Spans | undefined
  close(): Promise<void>
}

type Needs = { coordinator: string; instance: string; clock: Pick<Clock, 'now'>; registry: Registry }

/** Tracing of rounds as the options have it. Throws where what it stands on is not installed. */
export const openTracing = async (options: TracesOptions, needs: Needs): Promise<Tracing> => {
  const { coordinator, instance, clock, registry } = needs
  const sent = new Counter({
    name: 'tributary_spans_total',
    help: 'Spans of traces, by whether the collector took them.',
    labelNames: ['outcome'],
    registers: [registry],
  })
  for (const outcome of ['exported', 'failed']) sent.inc({ outcome }, 0)
  if (options.kind === 'off') return { roundSaved() {}, spans: undefined, close: async () => {} }
  const spans = await openOtlpSpans({
    version: ownVersion(),
    instance,
    sent: (count, outcome) => sent.inc({ outcome }, count),
  })
  return {
    spans,
    roundSaved(round, change) {
      if (!isSampled(traceIdOf(coordinator, round.id), options.ratio)) return
      for (const span of spansOf(coordinator, { ...change, round, at: clock.now() })) spans.ended(span)
    },
    close: spans.close,
  }
}
