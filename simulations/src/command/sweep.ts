import { ScenarioError } from '../scenarios/scenario-error.ts'

/**
 * `path=a,b,c` as one override for each value; a value may be a list or an object of YAML's:
 * `strategy={name: fedavg},{name: fedadam, tau: 0.01}`.
 * @throws ScenarioError for a sweep without a path or a value, and for one whose brackets do not close.
 */
export const overridesOf = (sweep: string): string[] => {
  const at = sweep.indexOf('=')
  if (at < 1) throw refuse(sweep, 'write path=a,b,c')
  const values = splitAtCommas(sweep.slice(at + 1)).map((value) => value.trim())
  if (values.includes('')) throw refuse(sweep, 'a value between two commas is empty')
  return values.map((value) => `${sweep.slice(0, at)}=${value}`)
}

/** At those outside of brackets and quotes. */
const splitAtCommas = (text: string): string[] => {
  const parts: string[] = []
  let [depth, from] = [0, 0]
  let quote: string | undefined
  for (let i = 0; i < text.length && depth >= 0; i++) {
    const character = text[i]
    if (quote !== undefined) quote = character === quote ? undefined : quote
    else if (character === '"' || character === "'") quote = character
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(from, i))
      from = i + 1
    }
  }
  if (depth !== 0 || quote !== undefined) throw refuse(text, 'brackets and quotes must close')
  return [...parts, text.slice(from)]
}

const refuse = (sweep: string, why: string): ScenarioError =>
  new ScenarioError([{ path: '--sweep', message: `${sweep}: ${why}` }])
