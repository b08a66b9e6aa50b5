import { useQueryClient } from '@tanstack/react-query'
import type { LiveEvent } from '@tributary/protocols/rest'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { useApi } from '../api/api-context.ts'
import { askAgain } from '../api/ask-again.ts'
import { createEventSink } from './apply-events.ts'
import { createFrameBatch } from './frame-batch.ts'
import { type LineState, openLine } from './line.ts'

const LineContext = createContext<LineState>({ kind: 'connecting' })

export const useLine = (): LineState => useContext(LineContext)

/** Keeps what the page has read up to date for as long as somebody is signed in. */
export const LiveProvider = ({ children }: { children: ReactNode }) => {
  const cache = useQueryClient()
  const api = useApi()
  const [line, setLine] = useState<LineState>({ kind: 'connecting' })
  useEffect(() => {
    const sink = createEventSink({ cache, now: Date.now, later: (run, ms) => void setTimeout(run, ms) })
    const batch = createFrameBatch<LiveEvent>({
      nextFrame,
      take: sink.apply,
    })
    const open = openLine({
      events: batch.add,
      state: setLine,
      async askAgain() {
        batch.drop()
        await api.get('/session')
        await askAgain(cache)
      },
    })
    return () => {
      open.close()
      sink.stop()
    }
  }, [cache, api])
  return <LineContext.Provider value={line}>{children}</LineContext.Provider>
}

/** A page in the background draws no frames, and must not hoard events. */
const nextFrame = (run: () => void): void => {
  const soon = () => {
    clearTimeout(timer)
    cancelAnimationFrame(frame)
    run()
  }
  const frame = requestAnimationFrame(soon)
  const timer = setTimeout(soon, 250)
}
