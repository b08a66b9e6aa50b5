/** What runs a world again, exactly. */
export const replayCommand = (seed: number): string => `npm run test:worlds -- --seed ${seed} --trace`
