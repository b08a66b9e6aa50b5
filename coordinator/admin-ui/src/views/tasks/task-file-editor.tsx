import type { Mistake } from '@tributary/protocols/rest'
import { useId, useMemo, useRef } from 'react'
import { ActButton } from '../../ui/act-button.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { JsonEditor } from './json-editor.tsx'
import { lineAndColumn, type Place, placeOf, readJson } from './json-places.ts'
import { TaskVerdict } from './task-size.tsx'
import { useCreateTask } from './use-create-task.ts'
import { useTaskCheck } from './use-task-check.ts'
import '../../ui/field.css'

type Marked = Mistake & { place: Place | undefined; line: number; column: number }

/** A task file as text: what is wrong with it is marked where it stands, as JSON and as a task. */
export const TaskFileEditor = ({ text, onChange }: { text: string; onChange: (text: string) => void }) => {
  const field = useRef<HTMLTextAreaElement>(null)
  const saidId = useId()
  const blank = text.trim() === ''
  const read = useMemo(() => readJson(text), [text])
  const { check, problem } = useTaskCheck(read.kind === 'read' ? text : undefined)
  const { create, error, isPending, variables } = useCreateTask()
  const refused = error && variables === text ? error : null
  const found = useMemo((): readonly Marked[] => {
    if (blank) return []
    if (read.kind === 'broken') {
      const place = { from: read.at, to: read.at + 1 }
      return [{ path: '', message: read.problem, place, ...lineAndColumn(text, read.at) }]
    }
    return (check?.mistakes ?? refused?.mistakes ?? []).map((mistake) => {
      const place = placeOf(mistake.path, read.places)
      return { ...mistake, place, ...lineAndColumn(text, place?.from ?? 0) }
    })
  }, [blank, read, check, refused, text])
  const show = (place: Place | undefined) => {
    const shown = field.current
    if (!shown || !place) return
    shown.focus()
    shown.setSelectionRange(place.from, place.to)
    shown.scrollTop = Math.max(0, (lineAndColumn(text, place.from).line - 4) * 20)
  }
  const unless = blank
    ? 'There is no file yet.'
    : read.kind === 'broken'
      ? 'This is no JSON yet: see what is marked.'
      : undefined
  return (
    <form
      className="task-file"
      onSubmit={(event) => {
        event.preventDefault()
        create(text)
      }}
    >
      <div className="task-file-head">
        <label className="button">
          Choose a file
          <input
            type="file"
            accept=".json,application/json"
            className="unseen"
            onChange={({ target }) => void target.files?.[0]?.text().then(onChange)}
          />
        </label>
        {!blank && (
          <ActButton
            unless={read.kind === 'broken' ? 'This is no JSON yet.' : undefined}
            onClick={() => read.kind === 'read' && onChange(`${JSON.stringify(read.value, null, 2)}\n`)}
          >
            Lay out
          </ActButton>
        )}
        <ActButton type="submit" tone="primary" needs="operator" unless={unless} busy={isPending}>
          Create task
        </ActButton>
      </div>
      <div id={saidId} aria-live="polite">
        {blank ? null : read.kind === 'broken' ? (
          <p className="task-verdict">
            <span className="field-wrong">This is no JSON.</span>
          </p>
        ) : (
          <TaskVerdict check={check} />
        )}
        {found.length > 0 && (
          <ul className="mistakes">
            {found.map(({ path, message, place, line, column }) => (
              <li key={`${path} ${message}`}>
                <button type="button" className="link" onClick={() => show(place)}>
                  line {line}, column {column}
                </button>{' '}
                {path !== '' && <code>{path}</code>} {message}
              </li>
            ))}
          </ul>
        )}
        {refused && refused.mistakes.length === 0 && <ProblemNotice problem={refused} />}
        {problem && !refused && problem.status !== 404 && <ProblemNotice problem={problem} />}
      </div>
      <JsonEditor
        label="Task file"
        text={text}
        onChange={onChange}
        marked={[...new Set(found.map(({ line }) => line))]}
        field={field}
        describedBy={saidId}
      />
    </form>
  )
}
