/** Attendance where one of several takes part: who may asks for its turn, and gives it back when it has no more use for it. */
import { type Attendance, attend } from './attendance.ts'
import type { Gate } from './gate.ts'

/**
 * As `attend`, with a last gate that keeps others out while it is open here. It is watched only while the rest are open, and on until what this
 * client was at has `settled`: so a tab that may not take part leaves the turn to one that may, and no two are at it at once.
 */
export const attendInTurn = ({
  turn,
  settled,
  ...attending
}: Parameters<typeof attend>[0] & { turn: Gate | undefined; settled(): Promise<void> }): Attendance => {
  if (!turn) return attend(attending)
  const { enter, keepOut } = attending
  let asking: { stop(): void } | undefined
  const ask = () => {
    let wanted = true
    const stop = turn.watch((shut) => {
      if (!wanted) return
      if (shut) keepOut([shut])
      else enter()
    })
    asking = {
      stop() {
        wanted = false
        void settled().then(stop)
      },
    }
  }
  const giveBack = () => {
    asking?.stop()
    asking = undefined
  }
  const attendance = attend({
    ...attending,
    enter: ask,
    keepOut(by) {
      keepOut(by)
      giveBack()
    },
  })
  return {
    end() {
      attendance.end()
      giveBack()
    },
  }
}
