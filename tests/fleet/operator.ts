import { restPaths, TaskView } from '@tributary/protocols/rest'
import type { TaskFileInput } from '@tributary/protocols/task'

export type Operator = {
  /** Any request; throws for an answer that is not 2xx unless `refused` is expected. */
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
}

export type OperatorAnswer = { status: number; headers: Headers; body: unknown }

/** A caller of the REST interface with an operator's token. */
export const operatorOf = (url: string, token: string): Operator => {
  const call: Operator['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
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
  return {
    call,
    createTask: async (file) => TaskView.parse(await expectOk(call('POST', restPaths.tasks, file))),
    task: async (id) => TaskView.parse(await expectOk(call('GET', `${restPaths.tasks}/${id}`))),
    async invite(uses) {
      const body = await expectOk(call('POST', restPaths.enrolmentTokens, { name: 'test fleet', uses }))
      return (body as { token: string }).token
    },
  }
}
