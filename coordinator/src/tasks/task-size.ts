import { trafficOf } from '@tributary/protocols/describe'
import type { TaskCheckView } from '@tributary/protocols/rest'
import { assignmentOf, manifestOf, type TaskFile } from '@tributary/protocols/task'
import { totalElements } from '@tributary/protocols/tensors'

/**
 * How large a task is: the parameters that its clients train, and what a client that has nothing yet receives and sends in a round: weights, assignment,
 * the frozen part and SCAFFOLD's control variate; its sealed update, where compression leaves a choice the largest. Messages on the line are not in it.
 */
export const sizeOfTask = (file: TaskFile): NonNullable<TaskCheckView['size']> => {
  const { once, down, up } = trafficOf(assignmentOf(file))
  return {
    parameters: totalElements(manifestOf(file.model)),
    bytesDown: down.weights + down.carried + once.assignment + once.frozen,
    bytesUp: up.sealed,
  }
}
