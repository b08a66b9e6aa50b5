/** What the person agrees to; other words are asked about anew. */
export const WORDING =
  'This keyboard may learn from what I type. The text stays in this browser. What the model has learned from it is sent to the coordinator: numbers, sealed for the round, which are averaged with those of other people.'
