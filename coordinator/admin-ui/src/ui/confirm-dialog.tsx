import { type FormEvent, type ReactNode, useEffect, useId, useRef } from 'react'
import { ActButton } from './act-button.tsx'

type Props = {
  title: string
  children: ReactNode
  /** The act's own word, as in `Abandon round`. */
  act: string
  tone?: 'primary' | 'danger'
  busy?: boolean
  onConfirm: () => void
  onClose: () => void
}

/** Asks before an act. Shown for as long as it is rendered; Escape and `Cancel` close it. Its content may hold fields. */
export const ConfirmDialog = ({
  title,
  children,
  act,
  tone = 'danger',
  busy = false,
  onConfirm,
  onClose,
}: Props) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    return () => shown?.close()
  }, [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onConfirm()
  }
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={titleId} onCancel={onClose}>
      <form onSubmit={submit}>
        <h2 id={titleId}>{title}</h2>
        <div className="dialog-body">{children}</div>
        <div className="dialog-acts">
          <ActButton onClick={onClose}>Cancel</ActButton>
          <ActButton type="submit" tone={tone} busy={busy}>
            {act}
          </ActButton>
        </div>
      </form>
    </dialog>
  )
}
