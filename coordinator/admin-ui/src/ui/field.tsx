import type { Mistake } from '@tributary/protocols/rest'
import { type ReactNode, useId } from 'react'
import type { ProblemError } from '../api/problem-error.ts'
import { ProblemNotice } from './problem-notice.tsx'
import './field.css'

type Described = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean | undefined }

/** A refusal, or the answer of a check. */
export type Mistaken = { mistakes: readonly Mistake[] }

type Props = {
  label: string
  help?: ReactNode
  /** Where the coordinator's mistakes about it lie, as in `uses`; those below it are its too. */
  at: string
  problem?: Mistaken | null | undefined
  /** Given what ties the control to its label, help and mistakes. */
  children: (described: Described) => ReactNode
}

/** A field of a form, with what the coordinator found wrong in it right below. */
export const Field = ({ label, help, at, problem, children }: Props) => {
  const id = useId()
  const wrong = mistakesAt(problem?.mistakes ?? [], at)
  const described = [help && `${id}-help`, wrong.length > 0 && `${id}-wrong`].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': wrong.length > 0 || undefined,
      })}
      {wrong.length > 0 && (
        <p id={`${id}-wrong`} className="field-wrong" role="alert">
          {wrong.map(({ message }) => message).join('; ')}
        </p>
      )}
      {help && (
        <p id={`${id}-help`} className="help">
          {help}
        </p>
      )}
    </div>
  )
}

/** What a form was refused for, other than what stands at the fields `at`. */
export const FormProblem = ({ problem, at }: { problem: ProblemError | null; at: readonly string[] }) => {
  if (!problem) return null
  const { mistakes } = problem
  const allAtFields =
    mistakes.length > 0 && mistakes.every(({ path }) => at.some((field) => isAt(path, field)))
  return allAtFields ? null : <ProblemNotice problem={problem} />
}

const mistakesAt = (mistakes: readonly Mistake[], field: string): readonly Mistake[] =>
  mistakes.filter(({ path }) => isAt(path, field))

const isAt = (path: string, field: string): boolean => {
  const within = path.replace(/^body\./, '')
  return within === field || within.startsWith(`${field}.`) || within.startsWith(`${field}[`)
}
