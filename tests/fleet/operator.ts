import { type Digest, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import {
  EnrolmentTokenView,
  ModelPage,
  type ModelView,
  Problem,
  problemWord,
  RoundDetail,
  RoundView,
  restPaths,
  TaskView,
} from '@tributary/protocols/rest'
import type { TaskFileInput } from '@tributary/protocols/task'
import { decodeSafetensors } from '@tributary/protocols/tensors'

export type Operator = {
  /** Any request, with whatever it is answered. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<OperatorAnswer>
  createTask(file: TaskFileInput): Promise<TaskView>
  task(id: string): Promise<TaskView>
  /** An enrolment token for this many clients. */
  invite(uses: number): Promise<string>
  /** Begins a round now. */
  trigger(task: string): Promise<RoundView>
  round(id: string): Promise<RoundDetail>
  /** A task's versions, the first one first. */
  models(task: string): Promise<ModelView[]>
  weights(task: string, version: number): Promise<Float32Array>
  blob(digest: Digest): Promise<Uint8Array>
}

export type OperatorAnswer = { status: number; headers: Headers; body: unknown }

/** A caller of the REST interface with an operator's token. Whatever is not `call` throws for an answer that is not 2xx. */
export const operatorOf = (url: string, token: string): Operator => {
  const authorization = `Bearer ${token}`
  const call: Operator['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
  }
  const expectOk = async (answer: Promise<OperatorAnswer>) => {
    const { status, body } = await answer
    if (status >= 300) throw new Error(`answered ${status}: ${JSON.stringify(body)}`)
    return body
  }
  const get = (path: string) => expectOk(call('GET', path))
  return {
    call,
    createTask: async (file) => TaskView.parse(await expectOk(call('POST', restPaths.tasks, file))),
    task: async (id) => TaskView.parse(await get(restPaths.task(TaskId.parse(id)))),
    invite: async (uses) =>
      EnrolmentTokenView.parse(
        await expectOk(call('POST', restPaths.enrolmentTokens, { name: 'test fleet', uses })),
      ).token,
    trigger: async (task) =>
      RoundView.parse(await expectOk(call('POST', restPaths.rounds(TaskId.parse(task))))),
    round: async (id) => RoundDetail.parse(await get(restPaths.round(RoundId.parse(id)))),
    models: async (task) =>
      ModelPage.parse(await get(restPaths.models(TaskId.parse(task)))).items.toSorted(
        (a, b) => a.version - b.version,
      ),
    async blob(digest) {
      const response = await fetch(url + restPaths.blob(digest), { headers: { authorization } })
      if (!response.ok) throw new Error(`answered ${response.status}: ${await response.text()}`)
      return new Uint8Array(await response.arrayBuffer())
    },
    async weights(task, version) {
      const path = restPaths.weights(TaskId.parse(task), ModelVersion.parse(version))
      const response = await fetch(url + path, { headers: { authorization } })
      if (!response.ok) throw new Error(`answered ${response.status}: ${await response.text()}`)
      return decodeSafetensors(new Uint8Array(await response.arrayBuffer())).values
    },
  }
}

/** A refusal as tests compare it: its status, its reason word, and what it names. */
export const refusalOf = ({ status, body }: { status: number; body: unknown }) => {
  const problem = Problem.parse(typeof body === 'string' ? JSON.parse(body) : body)
  if (problem.status !== status) throw new Error(`the answer is ${status} and says ${problem.status}`)
  return { status, word: problemWord(problem), about: problem.about, detail: problem.detail, problem }
}
