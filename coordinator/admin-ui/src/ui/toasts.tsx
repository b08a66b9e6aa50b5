import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'
import { Icon } from './icon.tsx'

type Toast = { tone: 'good' | 'bad'; text: string }
type Shown = Toast & { id: number }

const SHOWN_MS = 6_000

const ToastContext = createContext<{ say(toast: Toast): void }>({ say: () => {} })

/** `say` tells the outcome of an act. Failures stay until they are closed. */
export const useToasts = () => useContext(ToastContext)

export const ToastProvider = ({ children }: { children: ReactNode }) => {
  const [toasts, setToasts] = useState<readonly Shown[]>([])
  const close = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), [])
  const say = useCallback(
    (toast: Toast) => {
      const id = performance.now()
      setToasts((all) => [...all.slice(-3), { ...toast, id }])
      if (toast.tone === 'good') setTimeout(close, SHOWN_MS, id)
    },
    [close],
  )
  const value = useMemo(() => ({ say }), [say])
  return (
    <ToastContext.Provider value={value}>
      {children}
      <section className="toasts" aria-label="Outcomes" aria-live="polite">
        {toasts.map(({ id, tone, text }) => (
          <div key={id} className={`toast toast-${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
            <Icon name={tone === 'good' ? 'check' : 'warning'} />
            <p>{text}</p>
            <button type="button" className="icon-button" onClick={() => close(id)}>
              <Icon name="cross" />
              <span className="unseen">Close</span>
            </button>
          </div>
        ))}
      </section>
    </ToastContext.Provider>
  )
}
