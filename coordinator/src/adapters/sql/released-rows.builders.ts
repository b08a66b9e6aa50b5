/**
 * Rows as programs of each released schema version wrote them, frozen: a newer program reads them, or brings them along.
 * Where a migration makes new tables, rows of its own follow here, and what is here stays as it is.
 */
type ReleasedRow = {
  table: string
  /** The schema version that brought the table. */
  since: number
  row: Record<string, string | number | null | Uint8Array>
}

const RELEASED_ROWS: readonly ReleasedRow[] = [
  {
    table: 'tasks',
    since: 1,
    row: {
      id: 'digits',
      status: 'active',
      file: '{"id":"digits","model":{"format":"custom","trainer":"linear","config":null,"tensors":[{"name":"w","shape":[3,2],"dtype":"F32","initializer":"zeros"}],"initial":{"kind":"seeded","seed":7}},"plan":{"epochs":1,"batchSize":10,"optimizer":{"name":"sgd","learningRate":0.1,"momentum":0},"loss":"softmax-cross-entropy","proximal":0},"cohort":{"target":10,"overSelection":1.3,"quorum":5,"selectionSeconds":60,"trainingSeconds":600},"strategy":{"name":"fedavg","serverLearningRate":1},"privacy":{"mode":"sealed"},"schedule":{"kind":"manual"},"stop":{"kind":"never"}}',
      assignment_digest: 'sha256:ce7a7c10b0dfd96808cca64c88cf5c5e13b7775283bdc924767887bfa32c8fa1',
      assignment_bytes: 512,
      created_at: 1768478400000.25,
    },
  },
  {
    table: 'models',
    since: 1,
    row: {
      task: 'digits',
      version: 1,
      parent: null,
      weights_digest: 'sha256:3bb63c501a2cb9b43bfbf09f0b02a7f12408e1922617522b8441afd37272b915',
      weights_bytes: 24,
      assignment: 'sha256:ce7a7c10b0dfd96808cca64c88cf5c5e13b7775283bdc924767887bfa32c8fa1',
      origin: '{"kind":"initial","seed":7}',
      created_at: 1768478400001,
    },
  },
  {
    table: 'models',
    since: 1,
    row: {
      task: 'digits',
      version: 2,
      parent: 1,
      weights_digest: 'sha256:a8989317cf9287850260df63e5c4946861b8092ff02634fb4b3dab4f9fb1da56',
      weights_bytes: 24,
      assignment: 'sha256:ce7a7c10b0dfd96808cca64c88cf5c5e13b7775283bdc924767887bfa32c8fa1',
      origin: '{"kind":"round","round":"digits.1","examples":600,"metrics":{"loss":0.1}}',
      created_at: 1768478400002,
    },
  },
  {
    table: 'rounds',
    since: 1,
    row: {
      id: 'digits.1',
      task: 'digits',
      number: 1,
      phase: 'completed',
      settled: 1,
      state:
        '{"phase":"completed","id":"digits.1","task":"digits","number":1,"base":{"version":1,"digest":"sha256:9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c"},"assignment":"sha256:ce7a7c10b0dfd96808cca64c88cf5c5e13b7775283bdc924767887bfa32c8fa1","openedAt":1768478400001,"tally":{"invited":10,"accepted":8,"declined":1,"failed":1,"received":6},"version":{"version":2,"digest":"sha256:a8989317cf9287850260df63e5c4946861b8092ff02634fb4b3dab4f9fb1da56","bytes":24},"examples":600,"metrics":{"loss":0.25,"accuracy":0.875},"endedAt":1768478403000,"debts":"settled"}',
    },
  },
  {
    table: 'rounds',
    since: 1,
    row: {
      id: 'digits.2',
      task: 'digits',
      number: 2,
      phase: 'training',
      settled: 0,
      state:
        '{"phase":"training","id":"digits.2","task":"digits","number":2,"base":{"version":1,"digest":"sha256:9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c"},"assignment":"sha256:ce7a7c10b0dfd96808cca64c88cf5c5e13b7775283bdc924767887bfa32c8fa1","openedAt":1768478400002,"publicKey":"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk","tally":{"invited":10,"accepted":8,"declined":1,"failed":1,"received":6},"startedAt":1768478401000,"deadlineAt":1768479000000}',
    },
  },
  {
    table: 'members',
    since: 1,
    row: {
      round: 'digits.2',
      client: 'c-00000000000000000000000000000000',
      status: 'received',
      state:
        '{"status":"received","round":"digits.2","client":"c-00000000000000000000000000000000","receipt":{"envelope":"sha256:f0bd02504c77ec3d17352442d11becd77095091e6acbc4aa3ceb5547e81046b8","bytes":400000,"examples":60,"metrics":{"loss":0.5,"accuracy":0.75},"receivedAt":1768478400000}}',
    },
  },
  {
    table: 'members',
    since: 1,
    row: {
      round: 'digits.2',
      client: 'c-00000000000000000000000000000001',
      status: 'invited',
      state: '{"status":"invited","round":"digits.2","client":"c-00000000000000000000000000000001"}',
    },
  },
  {
    table: 'round_keys',
    since: 1,
    row: {
      round: 'digits.2',
      public_key: 'CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk',
      sealed_secret: new Uint8Array(72).fill(5),
    },
  },
  {
    table: 'clients',
    since: 1,
    row: {
      id: 'c-00000000000000000000000000000000',
      public_key: '7ImpFF4Vt1FJ9uFvgoNNIDqO_gBsp8wCSyXrrcq-fOA',
      status: 'active',
      enrolled_at: 1768478400000,
      enrolled_by: 'tok-phones',
    },
  },
  {
    table: 'clients',
    since: 1,
    row: {
      id: 'c-00000000000000000000000000000001',
      public_key: 'VAREKk-rAd_XG7DGyfvfWuXvhCHTpQQS5lI4Z017A5k',
      status: 'revoked',
      enrolled_at: 1768478400001,
      enrolled_by: 'tok-phones',
    },
  },
  {
    table: 'tokens',
    since: 1,
    row: {
      id: 'tok-ada',
      kind: 'operator',
      hash: '3a43835edf50a1dfb6ce7e8a1704d6d33575ed194083baffe9f019f4fac237be',
      name: 'Ada',
      role: 'admin',
      status: 'active',
      uses_left: null,
      expires_at: null,
      created_at: 1768478400000,
    },
  },
  {
    table: 'tokens',
    since: 1,
    row: {
      id: 'tok-phones',
      kind: 'enrolment',
      hash: '7bca8d16ba3a0f67298b9ff7da67ed57528af8a3f5694a4e5d1a1f2f33a30330',
      name: 'phones',
      role: null,
      status: null,
      uses_left: 2,
      expires_at: 1768564800000,
      created_at: 1768478400000,
    },
  },
  {
    table: 'replies',
    since: 1,
    row: {
      scope: 'tok-ada POST /api/v1/tasks',
      key: 'k-1',
      request: '230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5',
      resource: 'digits',
      at: 1768478400000,
    },
  },
  {
    table: 'audit',
    since: 1,
    row: {
      at: 1768478400000,
      actor: 'Ada',
      action: 'task.created',
      subject: 'digits',
      detail: '{"plan":"sha256:ce7a7c10b0dfd96808cca64c88cf5c5e13b7775283bdc924767887bfa32c8fa1"}',
      sequence: 1,
      previous: '0000000000000000000000000000000000000000000000000000000000000000',
      hash: 'd2c2377b8e9ee874a6929fb35f9d9bf4c0d0497148266319b741d5c7dc111c5a',
    },
  },
  {
    table: 'audit',
    since: 1,
    row: {
      at: 1768478400001,
      actor: 'coordinator',
      action: 'coordinator.started',
      subject: 'coordinator-00112233445566778',
      detail: '{}',
      sequence: 2,
      previous: 'd2c2377b8e9ee874a6929fb35f9d9bf4c0d0497148266319b741d5c7dc111c5a',
      hash: 'b3f070f0cf77d2ff491dd11a26680accd9ca82e76536deb97332471911999eed',
    },
  },
  {
    table: 'leases',
    since: 2,
    row: {
      task: 'digits',
      holder: 'a0a0a0a0a0a0a0a0',
      token: 3,
      expires_at: 1768478400000.5,
    },
  },
  {
    table: 'console_sessions',
    since: 5,
    row: {
      id: 'session-eve',
      hash: '5b7c4a3a0c1d4e1f8f4d2a0be1d3a5c67f8e9d0c1b2a39485766554433221100',
      token: null,
      subject: 'eve@idp',
      name: 'Eve',
      role: 'viewer',
      terms: 'd1e2',
      created_at: 1768478400000,
      seen_at: 1768478460000.5,
      expires_at: 1768521600000,
    },
  },
  { table: 'identity', since: 3, row: { sole: 1, coordinator: 'coordinator-00112233445566778' } },
  {
    table: 'webhooks',
    since: 6,
    row: {
      id: 'wh_aaaaaaaaaaaaaaaaaaaaaaaa',
      url: 'https://hooks.example/in?for=tributary',
      name: 'the chat',
      events: '["round.completed","round.abandoned"]',
      task: null,
      sealed_secret: 'c2VhbGVk',
      created_at: 1768478400000,
    },
  },
  {
    table: 'webhook_deliveries',
    since: 6,
    row: {
      webhook: 'wh_aaaaaaaaaaaaaaaaaaaaaaaa',
      id: 'msg_00112233445566778899aabbccddeeff',
      event: 'round.completed',
      subject: 'digits.1',
      body: '{"type":"round.completed"}',
      status: 'pending',
      attempts: 1,
      answer: '503',
      created_at: 1768478400000.5,
      next_attempt_at: 1768478405000,
      ended_at: null,
    },
  },
]

/** What a database of this version holds. */
export const rowsOf = (version: number): ReleasedRow[] =>
  RELEASED_ROWS.filter(({ since }) => since <= version)
