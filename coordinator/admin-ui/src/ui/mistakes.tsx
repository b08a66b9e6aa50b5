import type { Mistake } from '@tributary/protocols/rest'

/** What is wrong with a request, each at its place. */
export const Mistakes = ({ mistakes }: { mistakes: readonly Mistake[] }) =>
  mistakes.length === 0 ? null : (
    <ul className="mistakes">
      {mistakes.map(({ path, message }) => (
        <li key={`${path} ${message}`}>
          <code>{path || 'the whole'}</code> {message}
        </li>
      ))}
    </ul>
  )
