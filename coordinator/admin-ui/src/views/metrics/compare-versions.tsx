import type { RoundMetricsView } from '@tributary/protocols/rest'
import { type FormEvent, useId, useState } from 'react'
import { formatCount } from '../../format/number.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Panel } from '../../ui/panel.tsx'
import { ScrollFrame } from '../../ui/scroll-frame.tsx'
import { useSearchValue } from '../../ui/search-value.ts'
import { ComparedCell } from './compared-cell.tsx'
import { comparedRows, versionsOf } from './compared-versions.ts'
import '../../ui/field.css'

type Measured = RoundMetricsView & { version: number }

/** Versions that rounds made, side by side; the address keeps which. Left alone: the newest and the one before it. */
export const CompareVersions = ({ rounds }: { rounds: readonly RoundMetricsView[] }) => {
  const [named, setNamed] = useSearchValue('versions')
  const made = rounds.filter((round): round is Measured => round.version !== null)
  const asked = versionsOf(named)
  const chosen =
    asked.length > 0
      ? asked
      : made
          .slice(0, 2)
          .map(({ version }) => version)
          .toReversed()
  const shown = chosen.flatMap((version) => made.find((round) => round.version === version) ?? [])
  const set = (versions: readonly number[]) => setNamed(versions.join(','))
  return (
    <Panel title="Versions side by side">
      <Choose made={made} onAdd={(version) => set([...chosen.filter((each) => each !== version), version])} />
      {shown.length === 0 ? (
        <EmptyState title="No version chosen">
          Rounds that completed made versions: add two of them.
        </EmptyState>
      ) : (
        <ScrollFrame label="Table of versions">
          <table className="table compare">
            <thead>
              <tr>
                <th scope="col">Metric</th>
                <th scope="col">Measure</th>
                {shown.map(({ version, number }) => (
                  <th key={version} scope="col" className="number">
                    version {version}{' '}
                    <button
                      type="button"
                      className="icon-button"
                      title={`Leave out version ${version}`}
                      onClick={() => set(chosen.filter((each) => each !== version))}
                    >
                      <Icon name="cross" />
                      <span className="unseen">Leave out version {version}</span>
                    </button>
                    <span className="compare-round">round {number}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {comparedRows(shown).map(({ metric, measure, values, differences }) => (
                <tr key={`${metric} ${measure}`}>
                  <th scope="row">{metric}</th>
                  <td>{measure}</td>
                  {values.map((value, i) => (
                    <ComparedCell key={shown[i]?.version} value={value} difference={differences[i] ?? null} />
                  ))}
                </tr>
              ))}
              <tr>
                <th scope="row">updates</th>
                <td>received of invited</td>
                {shown.map(({ version, received, invited }) => (
                  <td key={version} className="number">
                    {formatCount(received)} of {formatCount(invited)}
                  </td>
                ))}
              </tr>
              <tr>
                <th scope="row">examples</th>
                <td>together</td>
                {shown.map(({ version, examples }) => (
                  <td key={version} className="number">
                    {formatCount(examples)}
                  </td>
                ))}
              </tr>
            </tbody>
          </table>
        </ScrollFrame>
      )}
    </Panel>
  )
}

const Choose = ({ made, onAdd }: { made: readonly Measured[]; onAdd: (version: number) => void }) => {
  const listId = useId()
  const problemId = useId()
  const [text, setText] = useState('')
  const [problem, setProblem] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const version = Number(text)
    if (!made.some((round) => round.version === version))
      return setProblem(`No round that is read here made a version ${text || '(none named)'}.`)
    setProblem('')
    setText('')
    onAdd(version)
  }
  return (
    <form className="filters" onSubmit={submit}>
      <label>
        Version
        <input
          list={listId}
          value={text}
          inputMode="numeric"
          size={8}
          aria-invalid={problem !== ''}
          aria-describedby={problemId}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      <datalist id={listId}>
        {made.map(({ version, number }) => (
          <option key={version} value={version}>
            round {number}
          </option>
        ))}
      </datalist>
      <ActButton type="submit">Add to the comparison</ActButton>
      <p id={problemId} className="field-wrong" role="status">
        {problem}
      </p>
    </form>
  )
}
