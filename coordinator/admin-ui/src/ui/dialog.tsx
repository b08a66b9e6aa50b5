import { type ReactNode, useEffect, useId, useRef } from 'react'
import { ActButton } from './act-button.tsx'

type Props = {
  title: string
  children: ReactNode
  /** The word on the button that closes it. */
  close?: string
  wide?: boolean
  onClose: () => void
}

/** Shows something above the page for as long as it is rendered; Escape and its button close it. */
export const Dialog = ({ title, children, close = 'Close', wide = false, onClose }: Props) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    return () => shown?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={titleId}
      onCancel={onClose}
    >
      <h2 id={titleId}>{title}</h2>
      <div className="dialog-body">{children}</div>
      <div className="dialog-acts">
        <ActButton tone="primary" onClick={onClose}>
          {close}
        </ActButton>
      </div>
    </dialog>
  )
}
