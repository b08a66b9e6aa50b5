import type { SubmissionService } from '../services.ts'

/** The door for updates, and how many are being taken in through it. */
export const countUploads = (door: SubmissionService): SubmissionService & { underWay(): number } => {
  let underWay = 0
  return {
    async receive(upload) {
      underWay++
      try {
        return await door.receive(upload)
      } finally {
        underWay--
      }
    },
    underWay: () => underWay,
  }
}
