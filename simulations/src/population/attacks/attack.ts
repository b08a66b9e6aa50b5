import type { SeededRandom } from '@tributary/protocols/runtime'

/**
 * What a client does that is not what it was asked to. An update is a delta: trained weights minus received ones, in the model's
 * order. Nothing here changes what it is given; the same arguments give the same result.
 */
export type Attack = {
  readonly kind: string
  /** Whose updates `craft` is to see. */
  readonly sees: Sight
  /** Whether all colluders of a round send one and the same: then it need be made only once. */
  readonly sends: 'its own' | 'the same'
  /** Earlier rounds whose honest updates it wants in `Seen.earlier`. */
  readonly remembers: number
  /** Rows to train on in place of its own. */
  readonly poison?: (rows: LabelledRowsOfShape, random: SeededRandom) => LabelledRowsOfShape
  /** What it sends in place of its own honest update (honest, but for the poisoned rows). */
  readonly craft?: (seen: Seen) => Float32Array
}

/**
 * `own`: its own honest update. `colluders`: those of all attackers of its group in the round, as they would have been.
 * `honest`: those of everybody in the round who does not attack: it is omniscient.
 */
export type Sight = 'own' | 'colluders' | 'honest'

export type Seen = {
  /** At least one update, by what the attack `sees`. Of one length. */
  readonly honest: readonly Float32Array[]
  /** What training gave, on poisoned rows where there are any. */
  readonly own: Float32Array
  /** From 1. */
  readonly round: number
  /** For this client and round alone; for this group and round where all send the same. */
  readonly random: SeededRandom
  /** Updates in the round, and how many of them are the colluders'. */
  readonly cohort: { readonly updates: number; readonly attackers: number }
  /** Its part of the weighted mean, in (0, 1]: its examples over those of the round, or 1/n. */
  readonly share: number
  /** Its honest updates of earlier rounds, the latest first; as many as `remembers`, or as it took part in. */
  readonly earlier: readonly Float32Array[]
}

/** Row-major `inputs`, of the shape of one row: `[28, 28]`, `[32, 32, 3]`. */
export type LabelledRowsOfShape = {
  readonly shape: readonly number[]
  readonly classes: number
  readonly inputs: Float32Array
  readonly labels: Uint8Array
}
