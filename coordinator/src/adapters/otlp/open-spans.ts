import type { Spans } from '../../ports/spans.ts'
import type { OtlpOptions } from './otlp-spans.ts'

/** `openOtlpSpans` of `otlp-spans.ts`, loaded when it is asked for: many coordinators need none, and may not have what it stands on. */
export const openOtlpSpans = async (options: OtlpOptions): Promise<Spans> => {
  const { openOtlpSpans: open } = await import('./otlp-spans.ts').catch((cause: unknown) => {
    throw new Error(
      'traces need packages that are not installed here: run npm install without --omit=optional, or start without --traces',
      { cause },
    )
  })
  return open(options)
}
