export { attackSuccess } from './attack-success.ts'
export { areaUnderCurve, type Fairness, fairnessOf, type GroupRates, groupRates } from './fairness.ts'
export { groupGap, spreadOf, worstTenth } from './spread.ts'
export { type Judged, type Tally, tallyBy, tallyByLabel, tallyOf } from './tally.ts'
