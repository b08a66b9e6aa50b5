/** What a record holds by a name that a client chose: `constructor` is one, and what every object has by it is nobody's. */
export const ownOf = <Value>(of: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(of, name) ? of[name] : undefined
