import { PROMPTS } from '../judge.ts'
import type { Judged } from '../story.ts'

/** The same beginnings before anything was learned and with the newest version. */
export const PromptsPanel = ({ judged }: { judged: readonly Judged[] }) => {
  const [first, latest] = [judged[0], judged.at(-1)]
  if (!first || !latest) return null
  return (
    <section aria-labelledby="prompts-title" className="panel prompts">
      <h2 id="prompts-title">The same beginnings, then and now</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">You write</th>
            <th scope="col">version {first.version}</th>
            <th scope="col">version {latest.version}</th>
          </tr>
        </thead>
        <tbody>
          {PROMPTS.map((prompt, at) => (
            <tr key={prompt}>
              <th scope="row">{prompt} …</th>
              <td className="then">{first.said[at]?.join(' · ')}</td>
              <td key={latest.version} className="now">
                {latest.said[at]?.join(' · ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
