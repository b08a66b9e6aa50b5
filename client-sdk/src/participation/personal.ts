import type { PersonalTraining } from '../ports/personal-training.ts'
import { TributaryError } from '../tributary-error.ts'

/** @throws TributaryError `no-personal-training` where the app has brought none. */
export const requirePersonal = ({
  personal,
}: {
  personal?: PersonalTraining | undefined
}): PersonalTraining => {
  if (personal) return personal
  throw new TributaryError({
    code: 'no-personal-training',
    problem: 'part of this task’s model is each client’s own',
    remedy: 'Give the client `personal`: createPersonalTraining() of @tributary/client-sdk/personal',
  })
}
