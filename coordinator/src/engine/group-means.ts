/** What the groups of a secure round tell, each of its own sum. */
export type GroupMean = {
  /** Survivors. */
  clients: number
  examples: number
  /** Means over the group's examples. */
  metrics: Readonly<Record<string, number>>
  /** The share of the group's clients that were within what the round clips to, where that follows them. */
  within?: number | undefined
}

/** The same of all groups together: metrics by examples, shares by clients. */
export const togetherOf = (
  groups: readonly GroupMean[],
): { examples: number; metrics: Record<string, number>; within: number | undefined } => {
  const over = (weight: (group: GroupMean) => number, value: (group: GroupMean) => number | undefined) => {
    const telling = groups.flatMap((group) => {
      const told = value(group)
      return told === undefined ? [] : [{ weight: weight(group), told }]
    })
    const weights = telling.reduce((sum, { weight: of }) => sum + of, 0)
    return weights > 0
      ? telling.reduce((sum, { weight: of, told }) => sum + (of / weights) * told, 0)
      : undefined
  }
  const names = new Set(groups.flatMap(({ metrics }) => Object.keys(metrics)))
  const metrics: Record<string, number> = {}
  for (const name of names) {
    const mean = over(
      ({ examples }) => examples,
      (group) => group.metrics[name],
    )
    if (mean !== undefined) metrics[name] = mean
  }
  return {
    examples: groups.reduce((sum, { examples }) => sum + examples, 0),
    metrics,
    within: over(
      ({ clients }) => clients,
      ({ within }) => within,
    ),
  }
}
