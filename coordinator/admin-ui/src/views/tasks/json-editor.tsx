import { type DragEvent, type RefObject, useState } from 'react'

const LINE_HEIGHT = 20
const PADDING = 8

type Props = {
  label: string
  text: string
  onChange: (text: string) => void
  /** Lines with something wrong, from 1. */
  marked: readonly number[]
  field: RefObject<HTMLTextAreaElement | null>
  describedBy: string
}

/** A text with its line numbers, the wrong ones marked. A file can be dropped on it. */
export const JsonEditor = ({ label, text, onChange, marked, field, describedBy }: Props) => {
  const [scrolled, setScrolled] = useState(0)
  const [over, setOver] = useState(false)
  const lines = text.split('\n').length
  const drop = async (event: DragEvent) => {
    setOver(false)
    const [file] = event.dataTransfer.files
    if (!file) return
    event.preventDefault()
    onChange(await file.text())
  }
  return (
    <div className={over ? 'editor editor-over' : 'editor'}>
      <div className="editor-gutter" aria-hidden="true">
        <div style={{ transform: `translateY(${-scrolled}px)` }}>
          {Array.from({ length: lines }, (_, i) => i + 1).map((line) => (
            <span key={line} className={marked.includes(line) ? 'editor-wrong' : undefined}>
              {line}
            </span>
          ))}
        </div>
      </div>
      <div className="editor-text">
        <div className="editor-marks" aria-hidden="true">
          {marked.map((line) => (
            <span
              key={line}
              style={{ top: PADDING + (line - 1) * LINE_HEIGHT - scrolled, height: LINE_HEIGHT }}
            />
          ))}
        </div>
        <textarea
          ref={field}
          aria-label={label}
          aria-invalid={marked.length > 0}
          aria-describedby={describedBy}
          wrap="off"
          spellCheck={false}
          autoComplete="off"
          value={text}
          placeholder="Paste a task file, or drop one here"
          onChange={({ target }) => onChange(target.value)}
          onScroll={({ currentTarget }) => setScrolled(currentTarget.scrollTop)}
          onDragOver={(event) => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => void drop(event)}
        />
      </div>
    </div>
  )
}
