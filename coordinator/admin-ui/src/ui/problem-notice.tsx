import type { ProblemError } from '../api/problem-error.ts'
import { ActButton } from './act-button.tsx'
import { Icon } from './icon.tsx'
import { Mistakes } from './mistakes.tsx'

/** A refusal or a failure in words, with the mistakes it names. */
export const ProblemNotice = ({ problem, onRetry }: { problem: ProblemError; onRetry?: () => void }) => (
  <div className="problem" role="alert">
    <Icon name="warning" />
    <div>
      <p>{problem.message}</p>
      <Mistakes mistakes={problem.mistakes} />
      {onRetry && <ActButton onClick={onRetry}>Ask again</ActButton>}
    </div>
  </div>
)
