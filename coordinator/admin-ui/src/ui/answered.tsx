import type { ReactNode } from 'react'
import type { ProblemError } from '../api/problem-error.ts'
import { ProblemNotice } from './problem-notice.tsx'

type Query<Answer> = { data: Answer | undefined; error: ProblemError | null; refetch: () => unknown }

/** What a query answered; meanwhile that it is asked, or why it was refused. An answer once read stays when asking again fails. */
export const Answered = <Answer,>({
  query,
  children,
}: {
  query: Query<Answer>
  children: (answer: Answer) => ReactNode
}) => {
  const { data, error, refetch } = query
  return (
    <>
      {error && <ProblemNotice problem={error} onRetry={() => void refetch()} />}
      {data === undefined ? !error && <Waiting /> : children(data)}
    </>
  )
}

const Waiting = () => (
  <p className="waiting" role="status">
    Loading…
  </p>
)
