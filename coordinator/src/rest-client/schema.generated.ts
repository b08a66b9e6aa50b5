/** Generated from the coordinator's OpenAPI document by `npm run build:rest-client`. */
import type { ClientId, Digest, ModelVersion, RoundId, TaskId } from "@tributary/protocols";
import type { PoissonSampling } from "@tributary/protocols/privacy";
type Json = string | number | boolean | null | Json[] | {
    [name: string]: Json;
};
export interface paths {
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what, oldest first, as a hash chain
         * @description Needs the role admin.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the hash chain of the audit log holds, and its head, to be kept elsewhere
         * @description Needs the role admin.
         */
        get: operations["verifyAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/blobs/{digest}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Published bytes by their digest: weights and assignments
         * @description Needs a client's session or the role viewer.
         */
        get: operations["getBlob"];
        /**
         * Upload the frozen tensors of a task to be made
         * @description The body is a safetensors file, the path its SHA-256. It is durable when the answer comes; sending the same again is answered the same. A file that no task refers to is let go by retention. Needs the role operator.
         */
        put: operations["putBlob"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the fleet, in the order of client ids, and where each client is at this moment
         * @description Needs the role viewer.
         */
        get: operations["listClients"];
        put?: never;
        /**
         * Enrol a public key by an enrolment token
         * @description The token in the body is the right to ask. Enrolling the same key again is answered the same. The answer says whom the client has enrolled with: it pins that key. Needs no token.
         */
        post: operations["enrolClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clients/{client}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A client, and where it is at this moment
         * @description Needs the role viewer.
         */
        get: operations["getClient"];
        put?: never;
        post?: never;
        /**
         * Revoke a client: its line is cut, and nothing more is taken from it
         * @description Needs the role operator.
         */
        delete: operations["revokeClient"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clients/{client}/rounds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The rounds a client was invited to and what became of its part, newest first
         * @description Needs the role viewer.
         */
        get: operations["listClientRounds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clients/{client}/withdrawal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A client’s own word that it wants no part any more
         * @description The signature in the body is the right to ask. Its line is ended, and nothing more is taken from it. The same statement again is answered the same. Needs no token.
         */
        post: operations["withdrawClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enrolment-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List invitations without their texts, newest first
         * @description Needs the role operator.
         */
        get: operations["listEnrolmentTokens"];
        put?: never;
        /**
         * Invite clients: the token is in this answer and nowhere else
         * @description Needs the role operator.
         */
        post: operations["createEnrolmentToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enrolment-tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take back what is left of an invitation; clients that enrolled by it stay enrolled
         * @description Needs the role operator.
         */
        delete: operations["revokeEnrolmentToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the tokens of operators without their texts, newest first
         * @description Needs the role admin.
         */
        get: operations["listOperatorTokens"];
        put?: never;
        /**
         * Give an operator a token: it is in this answer and nowhere else
         * @description Needs the role admin.
         */
        post: operations["createOperatorToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator-tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an operator's token: nothing more is taken under it
         * @description Needs the role admin.
         */
        delete: operations["revokeOperatorToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The fleet in counts, rounds that go on, newest versions, and what wants attention
         * @description Needs the role viewer.
         */
        get: operations["getOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who this browser is signed in as
         * @description For the cookie alone: of a request that comes with a token there is no session. Needs the role viewer.
         */
        get: operations["getSession"];
        put?: never;
        /**
         * Sign a browser in by an operator token
         * @description Sets a cookie that scripts cannot read. The session holds for 12 hours, or an hour unused. Needs no token.
         */
        post: operations["openSession"];
        /**
         * Sign this browser out
         * @description Needs the role viewer.
         */
        delete: operations["closeSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Browsers that are signed in, newest first
         * @description Needs the role admin.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Sign another browser out
         * @description Needs the role admin.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How a person at a browser can sign in
         * @description Needs no token.
         */
        get: operations["getSignIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the process that answers is doing, and what it keeps
         * @description Needs the role viewer.
         */
        get: operations["getSystem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/task-checks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Every mistake for which a task file would be refused, or how large its task would be; makes nothing
         * @description Needs the role operator.
         */
        post: operations["checkTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tasks, in the order of their ids
         * @description Needs the role viewer.
         */
        get: operations["listTasks"];
        put?: never;
        /**
         * Create a task from a task file
         * @description Needs the role operator.
         */
        post: operations["createTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A task with its file, its open round and its latest model
         * @description Needs the role viewer.
         */
        get: operations["getTask"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Pause, resume or finish a task, or replace its schedule or stop rule
         * @description Needs the role operator.
         */
        patch: operations["changeTask"];
        trace?: never;
    };
    "/api/v1/tasks/{task}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What rounds that ended measured, and how it lies over their clients, newest first
         * @description Needs the role viewer.
         */
        get: operations["listTaskMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task}/metrics.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The metrics of a task's last 10000 rounds that ended, newest first: a line for each round and metric
         * @description Needs the role viewer.
         */
        get: operations["getTaskMetricsCsv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task}/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a task's model versions, newest first
         * @description Needs the role viewer.
         */
        get: operations["listModels"];
        put?: never;
        /**
         * Make a new version from a safetensors file: initial or repaired weights
         * @description Needs the role operator.
         */
        post: operations["importModel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task}/models/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A model version and its lineage, as the coordinator has signed it for clients
         * @description Needs the role viewer.
         */
        get: operations["getModel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task}/models/{version}/weights": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A model version's weights, as a safetensors file
         * @description Needs the role viewer.
         */
        get: operations["getWeights"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task}/privacy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a task may spend of its clients' privacy, has spent, and has left
         * @description Needs the role viewer.
         */
        get: operations["getTaskPrivacy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a new version equal to an old one
         * @description Needs the role operator.
         */
        post: operations["rollbackModel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task}/rounds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a task's rounds, newest first
         * @description Needs the role viewer.
         */
        get: operations["listRounds"];
        put?: never;
        /**
         * Begin a round now
         * @description Needs the role operator.
         */
        post: operations["triggerRound"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task}/rounds/{round}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A round and its members
         * @description Needs the role viewer.
         */
        get: operations["getRound"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task}/rounds/{round}/abandon": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End an open round; the model stays as it is
         * @description Needs the role operator.
         */
        post: operations["abandonRound"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task}/rounds/{round}/updates/{client}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Hand in a client's sealed update
         * @description The body is the sealed envelope. It is durable when the answer comes; sending the same again is answered the same. Needs a client's session.
         */
        put: operations["putUpdate"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who is told of what, newest first
         * @description Needs the role operator.
         */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Have an address told of what happens: the secret that signs is in this answer and nowhere else
         * @description Needs the role admin.
         */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One webhook
         * @description Needs the role operator.
         */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /**
         * Delete a webhook, with what it has not been told yet and the log of its deliveries
         * @description Needs the role admin.
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a webhook has been told and is to be told, newest first
         * @description Needs the role operator.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook}/deliveries/{delivery}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a delivery once more, under the same id, or at once where it waits for another attempt
         * @description Needs the role operator.
         */
        post: operations["redeliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook}/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a ping, whatever events the webhook is for
         * @description Needs the role operator.
         */
        post: operations["pingWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process answers
         * @description Needs no token.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Measurements, in the text format of Prometheus
         * @description Needs no token.
         */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether requests can be served
         * @description Needs no token.
         */
        get: operations["readiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AlertView: {
            detail: string;
            /** @enum {string} */
            kind: "rounds-abandoned" | "too-few-clients" | "round-overdue" | "metric-worse" | "privacy-budget" | "event-loop-late" | "disk-nearly-full" | "webhook-failing";
            /** @enum {string} */
            severity: "warning" | "critical";
            task: components["schemas"]["TaskId"] | null;
        };
        AuditRecordView: {
            action: string;
            actor: string;
            /** Format: date-time */
            at: string;
            detail: {
                [key: string]: string | number | boolean | null;
            };
            hash: string;
            previous: string;
            sequence: number;
            subject: string;
        };
        BandView: {
            clients: number;
            max: number;
            median: number;
            min: number;
            p10: number;
            p90: number;
        };
        BlobView: {
            bytes: number;
            digest: components["schemas"]["Digest"];
        };
        ChangeTaskRequestInput: {
            schedule?: {
                /** @constant */
                kind: "manual";
            } | {
                /** @constant */
                kind: "continuous";
                /** @default 0 */
                pauseSeconds?: number;
            } | {
                expression: string;
                /** @constant */
                kind: "cron";
                /** @default UTC */
                timeZone?: string;
            };
            /** @enum {string} */
            status?: "active" | "paused" | "finished";
            stop?: {
                /** @constant */
                kind: "never";
            } | {
                /** @constant */
                kind: "completed-rounds";
                rounds: number;
            };
        };
        ClientId: ClientId;
        ClientIdInput: string;
        ClientRoundView: {
            member: components["schemas"]["MemberView"];
            number: number;
            /** Format: date-time */
            openedAt: string;
            /** @enum {string} */
            outcome: "open" | "completed" | "abandoned";
            task: components["schemas"]["TaskId"];
        };
        ClientView: {
            /** Format: date-time */
            enrolledAt: string;
            enrolledBy: string;
            id: components["schemas"]["ClientId"];
            online?: boolean;
            publicKey: string;
            /** @enum {string} */
            status: "active" | "revoked" | "withdrawn";
            waitingFor?: components["schemas"]["TaskId"][];
        };
        CreatedWebhookView: {
            /** Format: date-time */
            createdAt: string;
            events: ("round.started" | "round.completed" | "round.abandoned" | "model.published" | "task.finished" | "ping")[];
            id: string;
            last: {
                /** Format: date-time */
                at: string;
                /** @enum {string} */
                outcome: "delivered" | "failed";
            } | null;
            name: string;
            secret: string;
            task: components["schemas"]["TaskId"] | null;
            url: string;
        };
        DeliveryView: {
            answer: string | null;
            attempts: number;
            /** Format: date-time */
            createdAt: string;
            endedAt: string | null;
            /** @enum {string} */
            event: "round.started" | "round.completed" | "round.abandoned" | "model.published" | "task.finished" | "ping";
            id: string;
            nextAttemptAt: string | null;
            /** @enum {string} */
            status: "pending" | "delivered" | "failed";
            subject: string;
            webhook: string;
        };
        Digest: Digest;
        DigestInput: string;
        EnrolmentTokenView: {
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string;
            id: string;
            name: string;
            token: string;
            usesLeft: number;
        };
        EnrolRequestInput: {
            proof: string;
            publicKey: string;
            token: string;
        };
        FleetView: {
            enrolled: number;
            online: number;
            revoked: number;
            waiting: number;
            withdrawn: number;
            working: number;
        };
        /** @description Any JSON value */
        Json: Json;
        MemberView: {
            /** Format: date-time */
            acceptedAt?: string;
            client: components["schemas"]["ClientId"];
            invitation?: {
                round: components["schemas"]["RoundId"];
                version: components["schemas"]["ModelVersion"];
            };
            /** Format: date-time */
            invitedAt?: string;
            progress?: {
                /** Format: date-time */
                at: string;
                fraction: number;
                loss?: number;
            };
            /** Format: date-time */
            since?: string;
            /** @constant */
            status: "invited";
        } | {
            /** Format: date-time */
            acceptedAt?: string;
            client: components["schemas"]["ClientId"];
            invitation?: {
                round: components["schemas"]["RoundId"];
                version: components["schemas"]["ModelVersion"];
            };
            /** Format: date-time */
            invitedAt?: string;
            progress?: {
                /** Format: date-time */
                at: string;
                fraction: number;
                loss?: number;
            };
            /** Format: date-time */
            since?: string;
            /** @constant */
            status: "accepted";
        } | {
            /** Format: date-time */
            acceptedAt?: string;
            client: components["schemas"]["ClientId"];
            invitation?: {
                round: components["schemas"]["RoundId"];
                version: components["schemas"]["ModelVersion"];
            };
            /** Format: date-time */
            invitedAt?: string;
            progress?: {
                /** Format: date-time */
                at: string;
                fraction: number;
                loss?: number;
            };
            /** @enum {string} */
            reason: "busy" | "unsupported-model" | "untrusted-model" | "no-data" | "conditions" | "consent" | "other";
            /** Format: date-time */
            since?: string;
            /** @constant */
            status: "declined";
        } | {
            /** Format: date-time */
            acceptedAt?: string;
            client: components["schemas"]["ClientId"];
            invitation?: {
                round: components["schemas"]["RoundId"];
                version: components["schemas"]["ModelVersion"];
            };
            /** Format: date-time */
            invitedAt?: string;
            progress?: {
                /** Format: date-time */
                at: string;
                fraction: number;
                loss?: number;
            };
            /** @enum {string} */
            reason: "privacy-floor" | "participation-limit" | "secure-aggregation" | "no-examples" | "training-error" | "device-limit" | "download-error" | "upload-error" | "diverged" | "aborted";
            /** Format: date-time */
            since?: string;
            /** @constant */
            status: "failed";
        } | {
            /** Format: date-time */
            acceptedAt?: string;
            client: components["schemas"]["ClientId"];
            invitation?: {
                round: components["schemas"]["RoundId"];
                version: components["schemas"]["ModelVersion"];
            };
            /** Format: date-time */
            invitedAt?: string;
            progress?: {
                /** Format: date-time */
                at: string;
                fraction: number;
                loss?: number;
            };
            /** @enum {string} */
            reason: "silent" | "left" | "refused" | "malformed" | "wrong-step" | "contradiction" | "other-manifest" | "other-session" | "not-itself" | "bad-signature" | "low-order-key" | "duplicate-key" | "cohort-full" | "wrong-count" | "too-few-neighbours" | "wrong-length" | "wrong-vector" | "wrong-kind" | "wrong-share";
            /** Format: date-time */
            since?: string;
            /** @constant */
            status: "dropped";
        } | {
            /** Format: date-time */
            acceptedAt?: string;
            bytes: number;
            client: components["schemas"]["ClientId"];
            examples?: number;
            invitation?: {
                round: components["schemas"]["RoundId"];
                version: components["schemas"]["ModelVersion"];
            };
            /** Format: date-time */
            invitedAt?: string;
            metrics?: {
                [key: string]: number;
            };
            norm?: number;
            progress?: {
                /** Format: date-time */
                at: string;
                fraction: number;
                loss?: number;
            };
            /** Format: date-time */
            receivedAt: string;
            /** Format: date-time */
            since?: string;
            /** @constant */
            status: "received";
        };
        ModelVersion: ModelVersion;
        ModelVersionInput: number;
        ModelView: {
            assignment: components["schemas"]["Digest"];
            /** Format: date-time */
            createdAt: string;
            origin: {
                /** @constant */
                kind: "initial";
                seed: number;
            } | {
                /** @constant */
                kind: "imported";
                note: string;
            } | {
                examples: number;
                /** @constant */
                kind: "round";
                metrics: {
                    [key: string]: number;
                };
                privacy?: {
                    /** @enum {string} */
                    accountant: "exact-gaussian" | "renyi" | "privacy-loss-distribution";
                    delta: number;
                    epsilon: number | null;
                    participation: {
                        /** @default 0 */
                        between: number;
                        most: number;
                    } | null;
                    /** @enum {string} */
                    relation: "zero-out" | "add-or-remove" | "replace";
                    rounds: number;
                    sampling: {
                        /** @constant */
                        kind: "none";
                    } | components["schemas"]["PoissonSampling"];
                    /** @constant */
                    unit: "client";
                };
                round: components["schemas"]["RoundId"];
                state?: {
                    numbers: {
                        [key: string]: number;
                    };
                    since?: components["schemas"]["ModelVersion"];
                    vectors?: {
                        bytes: number;
                        digest: components["schemas"]["Digest"];
                    };
                };
            } | {
                /** @constant */
                kind: "rollback";
                reason: string;
                to: components["schemas"]["ModelVersion"];
            };
            parent: components["schemas"]["ModelVersion"] | null;
            task: components["schemas"]["TaskId"];
            version: components["schemas"]["ModelVersion"];
            weights: {
                bytes: number;
                digest: components["schemas"]["Digest"];
            };
        };
        OverviewView: {
            alerts: components["schemas"]["AlertView"][];
            /** Format: date-time */
            at: string;
            fleet: components["schemas"]["FleetView"];
            newestModels: components["schemas"]["ModelView"][];
            openRounds: components["schemas"]["RoundView"][];
            tasks: {
                active: number;
                finished: number;
                paused: number;
            };
        };
        PoissonSampling: PoissonSampling;
        PoissonSamplingInput: {
            /** @constant */
            enforced: true;
            /** @constant */
            independent: true;
            /** @constant */
            kind: "poisson";
            rate: number;
            /** @constant */
            secret: true;
        };
        Problem: {
            about?: {
                [key: string]: string | number;
            };
            detail: string;
            instance: string;
            mistakes?: {
                message: string;
                path: string;
            }[];
            status: number;
            title: string;
            type: string;
        };
        RoundDetail: {
            assignment: components["schemas"]["Digest"];
            base: {
                digest: components["schemas"]["Digest"];
                version: components["schemas"]["ModelVersion"];
            };
            clip?: number;
            /** Format: date-time */
            deadlineAt: string;
            id: components["schemas"]["RoundId"];
            members: components["schemas"]["MemberView"][];
            number: number;
            /** Format: date-time */
            openedAt: string;
            /** @constant */
            phase: "selecting";
            privacy?: {
                /** @enum {string} */
                accountant: "exact-gaussian" | "renyi" | "privacy-loss-distribution";
                delta: number;
                epsilon: number | null;
                participation: {
                    /** @default 0 */
                    between: number;
                    most: number;
                } | null;
                /** @enum {string} */
                relation: "zero-out" | "add-or-remove" | "replace";
                rounds: number;
                sampling: {
                    /** @constant */
                    kind: "none";
                } | components["schemas"]["PoissonSampling"];
                /** @constant */
                unit: "client";
            };
            refines?: {
                clients: number;
                round: components["schemas"]["RoundId"];
            };
            task: components["schemas"]["TaskId"];
            wanted: number;
        } | {
            assignment: components["schemas"]["Digest"];
            base: {
                digest: components["schemas"]["Digest"];
                version: components["schemas"]["ModelVersion"];
            };
            clip?: number;
            /** Format: date-time */
            deadlineAt: string;
            groups?: {
                clients: number;
                /** @enum {string} */
                step: "advertising" | "sharing" | "masking" | "confirming" | "unmasking";
                threshold: number;
            }[];
            id: components["schemas"]["RoundId"];
            members: components["schemas"]["MemberView"][];
            number: number;
            /** Format: date-time */
            openedAt: string;
            /** @constant */
            phase: "training";
            privacy?: {
                /** @enum {string} */
                accountant: "exact-gaussian" | "renyi" | "privacy-loss-distribution";
                delta: number;
                epsilon: number | null;
                participation: {
                    /** @default 0 */
                    between: number;
                    most: number;
                } | null;
                /** @enum {string} */
                relation: "zero-out" | "add-or-remove" | "replace";
                rounds: number;
                sampling: {
                    /** @constant */
                    kind: "none";
                } | components["schemas"]["PoissonSampling"];
                /** @constant */
                unit: "client";
            };
            refines?: {
                clients: number;
                round: components["schemas"]["RoundId"];
            };
            /** Format: date-time */
            startedAt: string;
            /** @enum {string} */
            step?: "advertising" | "sharing" | "masking" | "confirming" | "unmasking";
            tally: {
                accepted: number;
                declined: number;
                failed: number;
                invited: number;
                received: number;
            };
            task: components["schemas"]["TaskId"];
        } | {
            assignment: components["schemas"]["Digest"];
            base: {
                digest: components["schemas"]["Digest"];
                version: components["schemas"]["ModelVersion"];
            };
            clip?: number;
            id: components["schemas"]["RoundId"];
            members: components["schemas"]["MemberView"][];
            number: number;
            /** Format: date-time */
            openedAt: string;
            /** @constant */
            phase: "aggregating";
            privacy?: {
                /** @enum {string} */
                accountant: "exact-gaussian" | "renyi" | "privacy-loss-distribution";
                delta: number;
                epsilon: number | null;
                participation: {
                    /** @default 0 */
                    between: number;
                    most: number;
                } | null;
                /** @enum {string} */
                relation: "zero-out" | "add-or-remove" | "replace";
                rounds: number;
                sampling: {
                    /** @constant */
                    kind: "none";
                } | components["schemas"]["PoissonSampling"];
                /** @constant */
                unit: "client";
            };
            refines?: {
                clients: number;
                round: components["schemas"]["RoundId"];
            };
            /** Format: date-time */
            startedAt: string;
            tally: {
                accepted: number;
                declined: number;
                failed: number;
                invited: number;
                received: number;
            };
            task: components["schemas"]["TaskId"];
        } | {
            assignment: components["schemas"]["Digest"];
            base: {
                digest: components["schemas"]["Digest"];
                version: components["schemas"]["ModelVersion"];
            };
            clip?: number;
            /** Format: date-time */
            endedAt: string;
            examples: number;
            id: components["schemas"]["RoundId"];
            members: components["schemas"]["MemberView"][];
            metrics: {
                [key: string]: number;
            };
            nextClip?: number;
            number: number;
            /** Format: date-time */
            openedAt: string;
            /** @constant */
            phase: "completed";
            privacy?: {
                /** @enum {string} */
                accountant: "exact-gaussian" | "renyi" | "privacy-loss-distribution";
                delta: number;
                epsilon: number | null;
                participation: {
                    /** @default 0 */
                    between: number;
                    most: number;
                } | null;
                /** @enum {string} */
                relation: "zero-out" | "add-or-remove" | "replace";
                rounds: number;
                sampling: {
                    /** @constant */
                    kind: "none";
                } | components["schemas"]["PoissonSampling"];
                /** @constant */
                unit: "client";
            };
            refines?: {
                clients: number;
                round: components["schemas"]["RoundId"];
            };
            tally: {
                accepted: number;
                declined: number;
                failed: number;
                invited: number;
                received: number;
            };
            task: components["schemas"]["TaskId"];
            version: {
                bytes: number;
                digest: components["schemas"]["Digest"];
                version: components["schemas"]["ModelVersion"];
            };
        } | {
            assignment: components["schemas"]["Digest"];
            base: {
                digest: components["schemas"]["Digest"];
                version: components["schemas"]["ModelVersion"];
            };
            clip?: number;
            detail: string;
            /** Format: date-time */
            endedAt: string;
            id: components["schemas"]["RoundId"];
            members: components["schemas"]["MemberView"][];
            number: number;
            /** Format: date-time */
            openedAt: string;
            /** @constant */
            phase: "abandoned";
            privacy?: {
                /** @enum {string} */
                accountant: "exact-gaussian" | "renyi" | "privacy-loss-distribution";
                delta: number;
                epsilon: number | null;
                participation: {
                    /** @default 0 */
                    between: number;
                    most: number;
                } | null;
                /** @enum {string} */
                relation: "zero-out" | "add-or-remove" | "replace";
                rounds: number;
                sampling: {
                    /** @constant */
                    kind: "none";
                } | components["schemas"]["PoissonSampling"];
                /** @constant */
                unit: "client";
            };
            /** @enum {string} */
            reason: "too-few-clients" | "no-quorum" | "cannot-reach-quorum" | "no-graph" | "too-few-shares" | "wrong-dealing" | "out-of-range" | "aggregation-failed" | "gate-refused" | "operator" | "task-finished" | "restored";
            refines?: {
                clients: number;
                round: components["schemas"]["RoundId"];
            };
            tally: {
                accepted: number;
                declined: number;
                failed: number;
                invited: number;
                received: number;
            };
            task: components["schemas"]["TaskId"];
        };
        RoundId: RoundId;
        RoundMetricsView: {
            bands: {
                [key: string]: components["schemas"]["BandView"];
            };
            bytes: number;
            /** Format: date-time */
            endedAt: string;
            examples: number;
            invited: number;
            means: {
                [key: string]: number;
            };
            number: number;
            /** Format: date-time */
            openedAt: string;
            /** @enum {string} */
            outcome: "completed" | "abandoned";
            received: number;
            round: components["schemas"]["RoundId"];
            version: components["schemas"]["ModelVersion"] | null;
        };
        RoundView: {
            assignment: components["schemas"]["Digest"];
            base: {
                digest: components["schemas"]["Digest"];
                version: components["schemas"]["ModelVersion"];
            };
            clip?: number;
            /** Format: date-time */
            deadlineAt: string;
            id: components["schemas"]["RoundId"];
            number: number;
            /** Format: date-time */
            openedAt: string;
            /** @constant */
            phase: "selecting";
            privacy?: {
                /** @enum {string} */
                accountant: "exact-gaussian" | "renyi" | "privacy-loss-distribution";
                delta: number;
                epsilon: number | null;
                participation: {
                    /** @default 0 */
                    between: number;
                    most: number;
                } | null;
                /** @enum {string} */
                relation: "zero-out" | "add-or-remove" | "replace";
                rounds: number;
                sampling: {
                    /** @constant */
                    kind: "none";
                } | components["schemas"]["PoissonSampling"];
                /** @constant */
                unit: "client";
            };
            refines?: {
                clients: number;
                round: components["schemas"]["RoundId"];
            };
            task: components["schemas"]["TaskId"];
            wanted: number;
        } | {
            assignment: components["schemas"]["Digest"];
            base: {
                digest: components["schemas"]["Digest"];
                version: components["schemas"]["ModelVersion"];
            };
            clip?: number;
            /** Format: date-time */
            deadlineAt: string;
            groups?: {
                clients: number;
                /** @enum {string} */
                step: "advertising" | "sharing" | "masking" | "confirming" | "unmasking";
                threshold: number;
            }[];
            id: components["schemas"]["RoundId"];
            number: number;
            /** Format: date-time */
            openedAt: string;
            /** @constant */
            phase: "training";
            privacy?: {
                /** @enum {string} */
                accountant: "exact-gaussian" | "renyi" | "privacy-loss-distribution";
                delta: number;
                epsilon: number | null;
                participation: {
                    /** @default 0 */
                    between: number;
                    most: number;
                } | null;
                /** @enum {string} */
                relation: "zero-out" | "add-or-remove" | "replace";
                rounds: number;
                sampling: {
                    /** @constant */
                    kind: "none";
                } | components["schemas"]["PoissonSampling"];
                /** @constant */
                unit: "client";
            };
            refines?: {
                clients: number;
                round: components["schemas"]["RoundId"];
            };
            /** Format: date-time */
            startedAt: string;
            /** @enum {string} */
            step?: "advertising" | "sharing" | "masking" | "confirming" | "unmasking";
            tally: {
                accepted: number;
                declined: number;
                failed: number;
                invited: number;
                received: number;
            };
            task: components["schemas"]["TaskId"];
        } | {
            assignment: components["schemas"]["Digest"];
            base: {
                digest: components["schemas"]["Digest"];
                version: components["schemas"]["ModelVersion"];
            };
            clip?: number;
            id: components["schemas"]["RoundId"];
            number: number;
            /** Format: date-time */
            openedAt: string;
            /** @constant */
            phase: "aggregating";
            privacy?: {
                /** @enum {string} */
                accountant: "exact-gaussian" | "renyi" | "privacy-loss-distribution";
                delta: number;
                epsilon: number | null;
                participation: {
                    /** @default 0 */
                    between: number;
                    most: number;
                } | null;
                /** @enum {string} */
                relation: "zero-out" | "add-or-remove" | "replace";
                rounds: number;
                sampling: {
                    /** @constant */
                    kind: "none";
                } | components["schemas"]["PoissonSampling"];
                /** @constant */
                unit: "client";
            };
            refines?: {
                clients: number;
                round: components["schemas"]["RoundId"];
            };
            /** Format: date-time */
            startedAt: string;
            tally: {
                accepted: number;
                declined: number;
                failed: number;
                invited: number;
                received: number;
            };
            task: components["schemas"]["TaskId"];
        } | {
            assignment: components["schemas"]["Digest"];
            base: {
                digest: components["schemas"]["Digest"];
                version: components["schemas"]["ModelVersion"];
            };
            clip?: number;
            /** Format: date-time */
            endedAt: string;
            examples: number;
            id: components["schemas"]["RoundId"];
            metrics: {
                [key: string]: number;
            };
            nextClip?: number;
            number: number;
            /** Format: date-time */
            openedAt: string;
            /** @constant */
            phase: "completed";
            privacy?: {
                /** @enum {string} */
                accountant: "exact-gaussian" | "renyi" | "privacy-loss-distribution";
                delta: number;
                epsilon: number | null;
                participation: {
                    /** @default 0 */
                    between: number;
                    most: number;
                } | null;
                /** @enum {string} */
                relation: "zero-out" | "add-or-remove" | "replace";
                rounds: number;
                sampling: {
                    /** @constant */
                    kind: "none";
                } | components["schemas"]["PoissonSampling"];
                /** @constant */
                unit: "client";
            };
            refines?: {
                clients: number;
                round: components["schemas"]["RoundId"];
            };
            tally: {
                accepted: number;
                declined: number;
                failed: number;
                invited: number;
                received: number;
            };
            task: components["schemas"]["TaskId"];
            version: {
                bytes: number;
                digest: components["schemas"]["Digest"];
                version: components["schemas"]["ModelVersion"];
            };
        } | {
            assignment: components["schemas"]["Digest"];
            base: {
                digest: components["schemas"]["Digest"];
                version: components["schemas"]["ModelVersion"];
            };
            clip?: number;
            detail: string;
            /** Format: date-time */
            endedAt: string;
            id: components["schemas"]["RoundId"];
            number: number;
            /** Format: date-time */
            openedAt: string;
            /** @constant */
            phase: "abandoned";
            privacy?: {
                /** @enum {string} */
                accountant: "exact-gaussian" | "renyi" | "privacy-loss-distribution";
                delta: number;
                epsilon: number | null;
                participation: {
                    /** @default 0 */
                    between: number;
                    most: number;
                } | null;
                /** @enum {string} */
                relation: "zero-out" | "add-or-remove" | "replace";
                rounds: number;
                sampling: {
                    /** @constant */
                    kind: "none";
                } | components["schemas"]["PoissonSampling"];
                /** @constant */
                unit: "client";
            };
            /** @enum {string} */
            reason: "too-few-clients" | "no-quorum" | "cannot-reach-quorum" | "no-graph" | "too-few-shares" | "wrong-dealing" | "out-of-range" | "aggregation-failed" | "gate-refused" | "operator" | "task-finished" | "restored";
            refines?: {
                clients: number;
                round: components["schemas"]["RoundId"];
            };
            tally: {
                accepted: number;
                declined: number;
                failed: number;
                invited: number;
                received: number;
            };
            task: components["schemas"]["TaskId"];
        };
        SubmissionReceiptView: {
            client: components["schemas"]["ClientId"];
            envelope: components["schemas"]["Digest"];
            /** Format: date-time */
            receivedAt: string;
            round: components["schemas"]["RoundId"];
        };
        TaskFile: {
            cohort: {
                /** @default 1.3 */
                overSelection: number;
                quorum: number;
                /** @default 60 */
                selectionSeconds: number;
                target: number;
                /** @default 600 */
                trainingSeconds: number;
            };
            compression?: {
                /** @constant */
                bits?: 8;
                /** @constant */
                rotation?: "hadamard";
                sparsify?: {
                    /** @constant */
                    kind: "random-k";
                    /** @default true */
                    rescale: boolean;
                    share: number;
                } | {
                    /** @default true */
                    errorFeedback: boolean;
                    /** @constant */
                    kind: "top-k";
                    share: number;
                };
            };
            id: components["schemas"]["TaskId"];
            /**
             * @default {
             *       "kind": "synchronous"
             *     }
             */
            mode: {
                /** @constant */
                kind: "synchronous";
            } | {
                concurrency: number;
                /** @constant */
                kind: "buffered";
                /**
                 * @default {
                 *       "kind": "polynomial",
                 *       "exponent": 0.5,
                 *       "most": 20
                 *     }
                 */
                staleness: {
                    /** @constant */
                    kind: "constant";
                    /** @default 20 */
                    most: number;
                } | {
                    /** @default 0.5 */
                    exponent: number;
                    /** @constant */
                    kind: "polynomial";
                    /** @default 20 */
                    most: number;
                } | {
                    /** @constant */
                    kind: "hinge";
                    /** @default 20 */
                    most: number;
                    /** @default 10 */
                    slope: number;
                    /** @default 4 */
                    until: number;
                };
            };
            model: {
                /** @constant */
                format: "tfjs-layers";
                frozen?: {
                    tensors: {
                        /** @constant */
                        dtype: "F32";
                        name: string;
                        shape: number[];
                    }[];
                    weights: {
                        bytes: number;
                        digest: components["schemas"]["Digest"];
                    };
                };
                initial: {
                    /** @constant */
                    kind: "seeded";
                    seed: number;
                } | {
                    /** @constant */
                    kind: "import";
                };
                signature?: {
                    features: ({
                        /** @constant */
                        kind: "number";
                        missing?: number;
                        name: string;
                        range?: {
                            max: number;
                            min: number;
                        };
                        standard?: {
                            deviation: number;
                            mean: number;
                        };
                        unit?: string;
                    } | {
                        categories: string[];
                        /** @enum {string} */
                        encoding?: "one-hot" | "index";
                        /** @constant */
                        kind: "category";
                        missing?: string;
                        name: string;
                    } | {
                        /** @constant */
                        kind: "image";
                        name: string;
                        shape: [
                            number,
                            number,
                            1 | 3
                        ];
                    } | {
                        /** @constant */
                        kind: "text";
                        length: number;
                        name: string;
                        vocabulary: {
                            digest: components["schemas"]["Digest"];
                            size: number;
                        };
                    })[];
                    labels: {
                        classes: string[];
                        /** @enum {string} */
                        encoding?: "class" | "binary";
                        /** @constant */
                        kind: "classes";
                        name: string;
                    } | {
                        /** @constant */
                        kind: "number";
                        name: string;
                        range?: {
                            max: number;
                            min: number;
                        };
                        standard?: {
                            deviation: number;
                            mean: number;
                        };
                        unit?: string;
                    } | {
                        /** @constant */
                        kind: "next-token";
                        name: string;
                        vocabulary: {
                            digest: components["schemas"]["Digest"];
                            size: number;
                        };
                    };
                };
                tensors: {
                    /** @constant */
                    dtype: "F32";
                    /**
                     * @default zeros
                     * @enum {string}
                     */
                    initializer: "zeros" | "ones" | "glorot-uniform" | "he-normal" | "unit-forget-bias";
                    name: string;
                    shape: number[];
                }[];
                topology: {
                    [key: string]: components["schemas"]["Json"];
                };
            } | {
                config: components["schemas"]["Json"];
                /** @constant */
                format: "custom";
                frozen?: {
                    tensors: {
                        /** @constant */
                        dtype: "F32";
                        name: string;
                        shape: number[];
                    }[];
                    weights: {
                        bytes: number;
                        digest: components["schemas"]["Digest"];
                    };
                };
                initial: {
                    /** @constant */
                    kind: "seeded";
                    seed: number;
                } | {
                    /** @constant */
                    kind: "import";
                };
                signature?: {
                    features: ({
                        /** @constant */
                        kind: "number";
                        missing?: number;
                        name: string;
                        range?: {
                            max: number;
                            min: number;
                        };
                        standard?: {
                            deviation: number;
                            mean: number;
                        };
                        unit?: string;
                    } | {
                        categories: string[];
                        /** @enum {string} */
                        encoding?: "one-hot" | "index";
                        /** @constant */
                        kind: "category";
                        missing?: string;
                        name: string;
                    } | {
                        /** @constant */
                        kind: "image";
                        name: string;
                        shape: [
                            number,
                            number,
                            1 | 3
                        ];
                    } | {
                        /** @constant */
                        kind: "text";
                        length: number;
                        name: string;
                        vocabulary: {
                            digest: components["schemas"]["Digest"];
                            size: number;
                        };
                    })[];
                    labels: {
                        classes: string[];
                        /** @enum {string} */
                        encoding?: "class" | "binary";
                        /** @constant */
                        kind: "classes";
                        name: string;
                    } | {
                        /** @constant */
                        kind: "number";
                        name: string;
                        range?: {
                            max: number;
                            min: number;
                        };
                        standard?: {
                            deviation: number;
                            mean: number;
                        };
                        unit?: string;
                    } | {
                        /** @constant */
                        kind: "next-token";
                        name: string;
                        vocabulary: {
                            digest: components["schemas"]["Digest"];
                            size: number;
                        };
                    };
                };
                tensors: {
                    /** @constant */
                    dtype: "F32";
                    /**
                     * @default zeros
                     * @enum {string}
                     */
                    initializer: "zeros" | "ones" | "glorot-uniform" | "he-normal" | "unit-forget-bias";
                    name: string;
                    shape: number[];
                }[];
                trainer: string;
            };
            personalization?: {
                /** @constant */
                kind: "local-layers";
                layers: string[];
            } | {
                /** @constant */
                kind: "fedbn";
            } | {
                epochs?: number;
                /** @constant */
                kind: "ditto";
                lambda: number;
            };
            plan: {
                batchSize: number;
                clipNorm?: number;
                epochs: number;
                /** @enum {string} */
                loss: "softmax-cross-entropy" | "sigmoid-cross-entropy" | "mean-squared-error";
                optimizer: {
                    learningRate: number;
                    /** @default 0 */
                    momentum: number;
                    /** @constant */
                    name: "sgd";
                } | {
                    /** @default 0.9 */
                    beta1: number;
                    /** @default 0.999 */
                    beta2: number;
                    /** @default 1e-7 */
                    epsilon: number;
                    learningRate: number;
                    /** @constant */
                    name: "adam";
                };
                /** @default 0 */
                proximal: number;
            };
            /**
             * @default {
             *       "mode": "sealed"
             *     }
             */
            privacy: {
                differentialPrivacy?: {
                    /** @constant */
                    mechanism: "none";
                } | {
                    budget: {
                        delta: number;
                        epsilon: number;
                    };
                    clipping: {
                        clipNorm: number;
                        /** @constant */
                        kind: "fixed";
                    } | {
                        /** @default 0.1 */
                        clipNorm: number;
                        countNoise: number;
                        /** @constant */
                        kind: "adaptive";
                        /** @default 0.2 */
                        learningRate: number;
                        /** @default 0.5 */
                        quantile: number;
                    };
                    /** @constant */
                    mechanism: "central";
                    noiseMultiplier: number;
                    participation: {
                        /** @default 0 */
                        between: number;
                        most: number;
                    };
                    /**
                     * @default zero-out
                     * @enum {string}
                     */
                    relation: "zero-out" | "replace";
                    /**
                     * @default {
                     *       "kind": "none"
                     *     }
                     */
                    sampling: {
                        /** @constant */
                        kind: "none";
                    } | components["schemas"]["PoissonSampling"];
                } | {
                    budget: {
                        delta: number;
                        epsilon: number;
                    };
                    clipping: {
                        clipNorm: number;
                        /** @constant */
                        kind: "fixed";
                    } | {
                        /** @default 0.1 */
                        clipNorm: number;
                        countNoise: number;
                        /** @constant */
                        kind: "adaptive";
                        /** @default 0.2 */
                        learningRate: number;
                        /** @default 0.5 */
                        quantile: number;
                    };
                    /** @default 0.1 */
                    dishonest: number;
                    /** @constant */
                    mechanism: "distributed";
                    /**
                     * @default skellam
                     * @enum {string}
                     */
                    noise: "skellam" | "discrete-gaussian";
                    noiseMultiplier: number;
                    participation: {
                        /** @default 0 */
                        between: number;
                        most: number;
                    };
                    /**
                     * @default zero-out
                     * @enum {string}
                     */
                    relation: "zero-out" | "replace";
                } | {
                    budget: {
                        delta: number;
                        epsilon: number;
                    };
                    clipping: {
                        clipNorm: number;
                        /** @constant */
                        kind: "fixed";
                    };
                    /** @constant */
                    mechanism: "local";
                    noiseMultiplier: number;
                    participation: {
                        /** @default 0 */
                        between: number;
                        most: number;
                    };
                } | {
                    budget: {
                        delta: number;
                        epsilon: number;
                    };
                    clipping: {
                        clipNorm: number;
                        /** @constant */
                        kind: "fixed";
                    };
                    /** @constant */
                    mechanism: "dp-ftrl";
                    noiseMultiplier: number;
                    participation: {
                        /** @default 0 */
                        between: number;
                        most: number;
                    };
                    /**
                     * @default zero-out
                     * @enum {string}
                     */
                    relation: "zero-out" | "replace";
                    roundsOfTree: number;
                };
                /** @constant */
                mode: "sealed";
            } | {
                /**
                 * @default lying
                 * @enum {string}
                 */
                adversary: "curious" | "lying";
                /**
                 * @default fleet
                 * @enum {string}
                 */
                audience: "fleet" | "silo" | "demo";
                /** @default 32 */
                bits: number;
                /** @default 0.05 */
                corrupt: number;
                differentialPrivacy?: {
                    /** @constant */
                    mechanism: "none";
                } | {
                    budget: {
                        delta: number;
                        epsilon: number;
                    };
                    clipping: {
                        clipNorm: number;
                        /** @constant */
                        kind: "fixed";
                    } | {
                        /** @default 0.1 */
                        clipNorm: number;
                        countNoise: number;
                        /** @constant */
                        kind: "adaptive";
                        /** @default 0.2 */
                        learningRate: number;
                        /** @default 0.5 */
                        quantile: number;
                    };
                    /** @constant */
                    mechanism: "central";
                    noiseMultiplier: number;
                    participation: {
                        /** @default 0 */
                        between: number;
                        most: number;
                    };
                    /**
                     * @default zero-out
                     * @enum {string}
                     */
                    relation: "zero-out" | "replace";
                    /**
                     * @default {
                     *       "kind": "none"
                     *     }
                     */
                    sampling: {
                        /** @constant */
                        kind: "none";
                    } | components["schemas"]["PoissonSampling"];
                } | {
                    budget: {
                        delta: number;
                        epsilon: number;
                    };
                    clipping: {
                        clipNorm: number;
                        /** @constant */
                        kind: "fixed";
                    } | {
                        /** @default 0.1 */
                        clipNorm: number;
                        countNoise: number;
                        /** @constant */
                        kind: "adaptive";
                        /** @default 0.2 */
                        learningRate: number;
                        /** @default 0.5 */
                        quantile: number;
                    };
                    /** @default 0.1 */
                    dishonest: number;
                    /** @constant */
                    mechanism: "distributed";
                    /**
                     * @default skellam
                     * @enum {string}
                     */
                    noise: "skellam" | "discrete-gaussian";
                    noiseMultiplier: number;
                    participation: {
                        /** @default 0 */
                        between: number;
                        most: number;
                    };
                    /**
                     * @default zero-out
                     * @enum {string}
                     */
                    relation: "zero-out" | "replace";
                } | {
                    budget: {
                        delta: number;
                        epsilon: number;
                    };
                    clipping: {
                        clipNorm: number;
                        /** @constant */
                        kind: "fixed";
                    };
                    /** @constant */
                    mechanism: "local";
                    noiseMultiplier: number;
                    participation: {
                        /** @default 0 */
                        between: number;
                        most: number;
                    };
                } | {
                    budget: {
                        delta: number;
                        epsilon: number;
                    };
                    clipping: {
                        clipNorm: number;
                        /** @constant */
                        kind: "fixed";
                    };
                    /** @constant */
                    mechanism: "dp-ftrl";
                    noiseMultiplier: number;
                    participation: {
                        /** @default 0 */
                        between: number;
                        most: number;
                    };
                    /**
                     * @default zero-out
                     * @enum {string}
                     */
                    relation: "zero-out" | "replace";
                    roundsOfTree: number;
                };
                /** @default 0.3 */
                dropout: number;
                /** @default 1000 */
                groupSize: number;
                /** @default 10000 */
                maxExamples: number;
                /** @default {} */
                metrics: {
                    [key: string]: number;
                };
                /** @constant */
                mode: "secure-aggregation";
                range?: number | {
                    /** @default 1 */
                    first: number;
                    /** @constant */
                    kind: "adaptive";
                    /** @default 0.2 */
                    learningRate: number;
                    /** @default 0.9 */
                    quantile: number;
                };
                /** @default 60 */
                stepSeconds: number;
                /**
                 * @default direct
                 * @enum {string}
                 */
                unmasking: "direct" | "confirmed";
            };
            /**
             * @default {
             *       "kind": "manual"
             *     }
             */
            schedule: {
                /** @constant */
                kind: "manual";
            } | {
                /** @constant */
                kind: "continuous";
                /** @default 0 */
                pauseSeconds: number;
            } | {
                expression: string;
                /** @constant */
                kind: "cron";
                /** @default UTC */
                timeZone: string;
            };
            /**
             * @default {
             *       "kind": "never"
             *     }
             */
            stop: {
                /** @constant */
                kind: "never";
            } | {
                /** @constant */
                kind: "completed-rounds";
                rounds: number;
            };
            /**
             * @default {
             *       "name": "fedavg",
             *       "serverLearningRate": 1
             *     }
             */
            strategy: {
                /** @constant */
                name: "fedavg";
                /** @default 1 */
                serverLearningRate: number;
            } | {
                /** @default 0.9 */
                momentum: number;
                /** @constant */
                name: "fedavgm";
                /** @default 1 */
                serverLearningRate: number;
            } | {
                /** @default 0 */
                beta1: number;
                /** @constant */
                name: "fedadagrad";
                /** @default 0.1 */
                serverLearningRate: number;
                /** @default 0.001 */
                tau: number;
            } | {
                /** @default 0.9 */
                beta1: number;
                /** @default 0.99 */
                beta2: number;
                /** @constant */
                name: "fedadam";
                /** @default 0.1 */
                serverLearningRate: number;
                /** @default 0.001 */
                tau: number;
            } | {
                /** @default 0.9 */
                beta1: number;
                /** @default 0.99 */
                beta2: number;
                /** @constant */
                name: "fedyogi";
                /** @default 0.1 */
                serverLearningRate: number;
                /** @default 0.001 */
                tau: number;
            } | {
                /** @constant */
                name: "median";
                /** @default 1 */
                serverLearningRate: number;
            } | {
                byzantine: number;
                /** @constant */
                name: "trimmed-mean";
                /** @default 1 */
                serverLearningRate: number;
            } | {
                byzantine: number;
                /** @constant */
                name: "krum";
                /** @default 1 */
                serverLearningRate: number;
            } | {
                byzantine: number;
                keep?: number;
                /** @constant */
                name: "multi-krum";
                /** @default 1 */
                serverLearningRate: number;
            } | {
                byzantine: number;
                /** @constant */
                name: "bulyan";
                /** @default 1 */
                serverLearningRate: number;
            } | {
                /** @default 3 */
                iterations: number;
                /** @constant */
                name: "geometric-median";
                /** @default 0.000001 */
                nu: number;
                /** @default 1 */
                serverLearningRate: number;
            } | {
                /** @constant */
                name: "rfa";
                /** @default 0.01 */
                nu: number;
                /** @default 3 */
                steps: number;
            } | {
                /** @default 0.8 */
                clipQuantile: number;
                /** @default 1 */
                initialClipNorm: number;
                /** @default 10 */
                initialZeroNorm: number;
                /** @constant */
                name: "norm-bounding";
                /** @default 1 */
                serverLearningRate: number;
                /** @default 0.98 */
                zeroQuantile: number;
            } | {
                /** @default 1 */
                iterations: number;
                /** @constant */
                name: "centered-clipping";
                radius: number;
                /** @default 1 */
                serverLearningRate: number;
            } | {
                /** @constant */
                name: "fltrust";
                root: components["schemas"]["ClientId"];
                /** @default 1 */
                serverLearningRate: number;
            } | {
                /** @constant */
                name: "fednova";
                /** @default 1 */
                serverLearningRate: number;
            } | {
                lipschitz: number;
                /** @constant */
                name: "q-fedavg";
                /** @default 1 */
                q: number;
            } | {
                /** @default 1 */
                controlRange: number;
                /** @constant */
                name: "scaffold";
                population: number;
                /** @default 1 */
                serverLearningRate: number;
            } | {
                /** @default 0.01 */
                alpha: number;
                /** @constant */
                name: "feddyn";
                population: number;
            };
            title?: string;
        };
        TaskFileInput: {
            cohort: {
                /** @default 1.3 */
                overSelection?: number;
                quorum: number;
                /** @default 60 */
                selectionSeconds?: number;
                target: number;
                /** @default 600 */
                trainingSeconds?: number;
            };
            compression?: {
                /** @constant */
                bits?: 8;
                /** @constant */
                rotation?: "hadamard";
                sparsify?: {
                    /** @constant */
                    kind: "random-k";
                    /** @default true */
                    rescale?: boolean;
                    share: number;
                } | {
                    /** @default true */
                    errorFeedback?: boolean;
                    /** @constant */
                    kind: "top-k";
                    share: number;
                };
            };
            id: components["schemas"]["TaskIdInput"];
            /**
             * @default {
             *       "kind": "synchronous"
             *     }
             */
            mode?: {
                /** @constant */
                kind: "synchronous";
            } | {
                concurrency: number;
                /** @constant */
                kind: "buffered";
                /**
                 * @default {
                 *       "kind": "polynomial",
                 *       "exponent": 0.5,
                 *       "most": 20
                 *     }
                 */
                staleness?: {
                    /** @constant */
                    kind: "constant";
                    /** @default 20 */
                    most?: number;
                } | {
                    /** @default 0.5 */
                    exponent?: number;
                    /** @constant */
                    kind: "polynomial";
                    /** @default 20 */
                    most?: number;
                } | {
                    /** @constant */
                    kind: "hinge";
                    /** @default 20 */
                    most?: number;
                    /** @default 10 */
                    slope?: number;
                    /** @default 4 */
                    until?: number;
                };
            };
            model: {
                /** @constant */
                format: "tfjs-layers";
                frozen?: {
                    tensors: {
                        /** @constant */
                        dtype: "F32";
                        name: string;
                        shape: number[];
                    }[];
                    weights: {
                        bytes: number;
                        digest: components["schemas"]["DigestInput"];
                    };
                };
                initial: {
                    /** @constant */
                    kind: "seeded";
                    seed: number;
                } | {
                    /** @constant */
                    kind: "import";
                };
                signature?: {
                    features: ({
                        /** @constant */
                        kind: "number";
                        missing?: number;
                        name: string;
                        range?: {
                            max: number;
                            min: number;
                        };
                        standard?: {
                            deviation: number;
                            mean: number;
                        };
                        unit?: string;
                    } | {
                        categories: string[];
                        /** @enum {string} */
                        encoding?: "one-hot" | "index";
                        /** @constant */
                        kind: "category";
                        missing?: string;
                        name: string;
                    } | {
                        /** @constant */
                        kind: "image";
                        name: string;
                        shape: [
                            number,
                            number,
                            1 | 3
                        ];
                    } | {
                        /** @constant */
                        kind: "text";
                        length: number;
                        name: string;
                        vocabulary: {
                            digest: components["schemas"]["DigestInput"];
                            size: number;
                        };
                    })[];
                    labels: {
                        classes: string[];
                        /** @enum {string} */
                        encoding?: "class" | "binary";
                        /** @constant */
                        kind: "classes";
                        name: string;
                    } | {
                        /** @constant */
                        kind: "number";
                        name: string;
                        range?: {
                            max: number;
                            min: number;
                        };
                        standard?: {
                            deviation: number;
                            mean: number;
                        };
                        unit?: string;
                    } | {
                        /** @constant */
                        kind: "next-token";
                        name: string;
                        vocabulary: {
                            digest: components["schemas"]["DigestInput"];
                            size: number;
                        };
                    };
                };
                tensors: {
                    /** @constant */
                    dtype: "F32";
                    /**
                     * @default zeros
                     * @enum {string}
                     */
                    initializer?: "zeros" | "ones" | "glorot-uniform" | "he-normal" | "unit-forget-bias";
                    name: string;
                    shape: number[];
                }[];
                topology: {
                    [key: string]: components["schemas"]["Json"];
                };
            } | {
                config?: components["schemas"]["Json"];
                /** @constant */
                format: "custom";
                frozen?: {
                    tensors: {
                        /** @constant */
                        dtype: "F32";
                        name: string;
                        shape: number[];
                    }[];
                    weights: {
                        bytes: number;
                        digest: components["schemas"]["DigestInput"];
                    };
                };
                initial: {
                    /** @constant */
                    kind: "seeded";
                    seed: number;
                } | {
                    /** @constant */
                    kind: "import";
                };
                signature?: {
                    features: ({
                        /** @constant */
                        kind: "number";
                        missing?: number;
                        name: string;
                        range?: {
                            max: number;
                            min: number;
                        };
                        standard?: {
                            deviation: number;
                            mean: number;
                        };
                        unit?: string;
                    } | {
                        categories: string[];
                        /** @enum {string} */
                        encoding?: "one-hot" | "index";
                        /** @constant */
                        kind: "category";
                        missing?: string;
                        name: string;
                    } | {
                        /** @constant */
                        kind: "image";
                        name: string;
                        shape: [
                            number,
                            number,
                            1 | 3
                        ];
                    } | {
                        /** @constant */
                        kind: "text";
                        length: number;
                        name: string;
                        vocabulary: {
                            digest: components["schemas"]["DigestInput"];
                            size: number;
                        };
                    })[];
                    labels: {
                        classes: string[];
                        /** @enum {string} */
                        encoding?: "class" | "binary";
                        /** @constant */
                        kind: "classes";
                        name: string;
                    } | {
                        /** @constant */
                        kind: "number";
                        name: string;
                        range?: {
                            max: number;
                            min: number;
                        };
                        standard?: {
                            deviation: number;
                            mean: number;
                        };
                        unit?: string;
                    } | {
                        /** @constant */
                        kind: "next-token";
                        name: string;
                        vocabulary: {
                            digest: components["schemas"]["DigestInput"];
                            size: number;
                        };
                    };
                };
                tensors: {
                    /** @constant */
                    dtype: "F32";
                    /**
                     * @default zeros
                     * @enum {string}
                     */
                    initializer?: "zeros" | "ones" | "glorot-uniform" | "he-normal" | "unit-forget-bias";
                    name: string;
                    shape: number[];
                }[];
                trainer: string;
            };
            personalization?: {
                /** @constant */
                kind: "local-layers";
                layers: string[];
            } | {
                /** @constant */
                kind: "fedbn";
            } | {
                epochs?: number;
                /** @constant */
                kind: "ditto";
                lambda: number;
            };
            plan: {
                batchSize: number;
                clipNorm?: number;
                epochs: number;
                /** @enum {string} */
                loss: "softmax-cross-entropy" | "sigmoid-cross-entropy" | "mean-squared-error";
                optimizer: {
                    learningRate: number;
                    /** @default 0 */
                    momentum?: number;
                    /** @constant */
                    name: "sgd";
                } | {
                    /** @default 0.9 */
                    beta1?: number;
                    /** @default 0.999 */
                    beta2?: number;
                    /** @default 1e-7 */
                    epsilon?: number;
                    learningRate: number;
                    /** @constant */
                    name: "adam";
                };
                /** @default 0 */
                proximal?: number;
            };
            /**
             * @default {
             *       "mode": "sealed"
             *     }
             */
            privacy?: {
                differentialPrivacy?: {
                    /** @constant */
                    mechanism: "none";
                } | {
                    budget: {
                        delta: number;
                        epsilon: number;
                    };
                    clipping: {
                        clipNorm: number;
                        /** @constant */
                        kind: "fixed";
                    } | {
                        /** @default 0.1 */
                        clipNorm?: number;
                        countNoise: number;
                        /** @constant */
                        kind: "adaptive";
                        /** @default 0.2 */
                        learningRate?: number;
                        /** @default 0.5 */
                        quantile?: number;
                    };
                    /** @constant */
                    mechanism: "central";
                    noiseMultiplier: number;
                    participation: {
                        /** @default 0 */
                        between?: number;
                        most: number;
                    };
                    /**
                     * @default zero-out
                     * @enum {string}
                     */
                    relation?: "zero-out" | "replace";
                    /**
                     * @default {
                     *       "kind": "none"
                     *     }
                     */
                    sampling?: {
                        /** @constant */
                        kind: "none";
                    } | components["schemas"]["PoissonSamplingInput"];
                } | {
                    budget: {
                        delta: number;
                        epsilon: number;
                    };
                    clipping: {
                        clipNorm: number;
                        /** @constant */
                        kind: "fixed";
                    } | {
                        /** @default 0.1 */
                        clipNorm?: number;
                        countNoise: number;
                        /** @constant */
                        kind: "adaptive";
                        /** @default 0.2 */
                        learningRate?: number;
                        /** @default 0.5 */
                        quantile?: number;
                    };
                    /** @default 0.1 */
                    dishonest?: number;
                    /** @constant */
                    mechanism: "distributed";
                    /**
                     * @default skellam
                     * @enum {string}
                     */
                    noise?: "skellam" | "discrete-gaussian";
                    noiseMultiplier: number;
                    participation: {
                        /** @default 0 */
                        between?: number;
                        most: number;
                    };
                    /**
                     * @default zero-out
                     * @enum {string}
                     */
                    relation?: "zero-out" | "replace";
                } | {
                    budget: {
                        delta: number;
                        epsilon: number;
                    };
                    clipping: {
                        clipNorm: number;
                        /** @constant */
                        kind: "fixed";
                    };
                    /** @constant */
                    mechanism: "local";
                    noiseMultiplier: number;
                    participation: {
                        /** @default 0 */
                        between?: number;
                        most: number;
                    };
                } | {
                    budget: {
                        delta: number;
                        epsilon: number;
                    };
                    clipping: {
                        clipNorm: number;
                        /** @constant */
                        kind: "fixed";
                    };
                    /** @constant */
                    mechanism: "dp-ftrl";
                    noiseMultiplier: number;
                    participation: {
                        /** @default 0 */
                        between?: number;
                        most: number;
                    };
                    /**
                     * @default zero-out
                     * @enum {string}
                     */
                    relation?: "zero-out" | "replace";
                    roundsOfTree: number;
                };
                /** @constant */
                mode: "sealed";
            } | {
                /**
                 * @default lying
                 * @enum {string}
                 */
                adversary?: "curious" | "lying";
                /**
                 * @default fleet
                 * @enum {string}
                 */
                audience?: "fleet" | "silo" | "demo";
                /** @default 32 */
                bits?: number;
                /** @default 0.05 */
                corrupt?: number;
                differentialPrivacy?: {
                    /** @constant */
                    mechanism: "none";
                } | {
                    budget: {
                        delta: number;
                        epsilon: number;
                    };
                    clipping: {
                        clipNorm: number;
                        /** @constant */
                        kind: "fixed";
                    } | {
                        /** @default 0.1 */
                        clipNorm?: number;
                        countNoise: number;
                        /** @constant */
                        kind: "adaptive";
                        /** @default 0.2 */
                        learningRate?: number;
                        /** @default 0.5 */
                        quantile?: number;
                    };
                    /** @constant */
                    mechanism: "central";
                    noiseMultiplier: number;
                    participation: {
                        /** @default 0 */
                        between?: number;
                        most: number;
                    };
                    /**
                     * @default zero-out
                     * @enum {string}
                     */
                    relation?: "zero-out" | "replace";
                    /**
                     * @default {
                     *       "kind": "none"
                     *     }
                     */
                    sampling?: {
                        /** @constant */
                        kind: "none";
                    } | components["schemas"]["PoissonSamplingInput"];
                } | {
                    budget: {
                        delta: number;
                        epsilon: number;
                    };
                    clipping: {
                        clipNorm: number;
                        /** @constant */
                        kind: "fixed";
                    } | {
                        /** @default 0.1 */
                        clipNorm?: number;
                        countNoise: number;
                        /** @constant */
                        kind: "adaptive";
                        /** @default 0.2 */
                        learningRate?: number;
                        /** @default 0.5 */
                        quantile?: number;
                    };
                    /** @default 0.1 */
                    dishonest?: number;
                    /** @constant */
                    mechanism: "distributed";
                    /**
                     * @default skellam
                     * @enum {string}
                     */
                    noise?: "skellam" | "discrete-gaussian";
                    noiseMultiplier: number;
                    participation: {
                        /** @default 0 */
                        between?: number;
                        most: number;
                    };
                    /**
                     * @default zero-out
                     * @enum {string}
                     */
                    relation?: "zero-out" | "replace";
                } | {
                    budget: {
                        delta: number;
                        epsilon: number;
                    };
                    clipping: {
                        clipNorm: number;
                        /** @constant */
                        kind: "fixed";
                    };
                    /** @constant */
                    mechanism: "local";
                    noiseMultiplier: number;
                    participation: {
                        /** @default 0 */
                        between?: number;
                        most: number;
                    };
                } | {
                    budget: {
                        delta: number;
                        epsilon: number;
                    };
                    clipping: {
                        clipNorm: number;
                        /** @constant */
                        kind: "fixed";
                    };
                    /** @constant */
                    mechanism: "dp-ftrl";
                    noiseMultiplier: number;
                    participation: {
                        /** @default 0 */
                        between?: number;
                        most: number;
                    };
                    /**
                     * @default zero-out
                     * @enum {string}
                     */
                    relation?: "zero-out" | "replace";
                    roundsOfTree: number;
                };
                /** @default 0.3 */
                dropout?: number;
                /** @default 1000 */
                groupSize?: number;
                /** @default 10000 */
                maxExamples?: number;
                /** @default {} */
                metrics?: {
                    [key: string]: number;
                };
                /** @constant */
                mode: "secure-aggregation";
                range?: number | {
                    /** @default 1 */
                    first?: number;
                    /** @constant */
                    kind: "adaptive";
                    /** @default 0.2 */
                    learningRate?: number;
                    /** @default 0.9 */
                    quantile?: number;
                };
                /** @default 60 */
                stepSeconds?: number;
                /**
                 * @default direct
                 * @enum {string}
                 */
                unmasking?: "direct" | "confirmed";
            };
            /**
             * @default {
             *       "kind": "manual"
             *     }
             */
            schedule?: {
                /** @constant */
                kind: "manual";
            } | {
                /** @constant */
                kind: "continuous";
                /** @default 0 */
                pauseSeconds?: number;
            } | {
                expression: string;
                /** @constant */
                kind: "cron";
                /** @default UTC */
                timeZone?: string;
            };
            /**
             * @default {
             *       "kind": "never"
             *     }
             */
            stop?: {
                /** @constant */
                kind: "never";
            } | {
                /** @constant */
                kind: "completed-rounds";
                rounds: number;
            };
            /**
             * @default {
             *       "name": "fedavg",
             *       "serverLearningRate": 1
             *     }
             */
            strategy?: {
                /** @constant */
                name: "fedavg";
                /** @default 1 */
                serverLearningRate?: number;
            } | {
                /** @default 0.9 */
                momentum?: number;
                /** @constant */
                name: "fedavgm";
                /** @default 1 */
                serverLearningRate?: number;
            } | {
                /** @default 0 */
                beta1?: number;
                /** @constant */
                name: "fedadagrad";
                /** @default 0.1 */
                serverLearningRate?: number;
                /** @default 0.001 */
                tau?: number;
            } | {
                /** @default 0.9 */
                beta1?: number;
                /** @default 0.99 */
                beta2?: number;
                /** @constant */
                name: "fedadam";
                /** @default 0.1 */
                serverLearningRate?: number;
                /** @default 0.001 */
                tau?: number;
            } | {
                /** @default 0.9 */
                beta1?: number;
                /** @default 0.99 */
                beta2?: number;
                /** @constant */
                name: "fedyogi";
                /** @default 0.1 */
                serverLearningRate?: number;
                /** @default 0.001 */
                tau?: number;
            } | {
                /** @constant */
                name: "median";
                /** @default 1 */
                serverLearningRate?: number;
            } | {
                byzantine: number;
                /** @constant */
                name: "trimmed-mean";
                /** @default 1 */
                serverLearningRate?: number;
            } | {
                byzantine: number;
                /** @constant */
                name: "krum";
                /** @default 1 */
                serverLearningRate?: number;
            } | {
                byzantine: number;
                keep?: number;
                /** @constant */
                name: "multi-krum";
                /** @default 1 */
                serverLearningRate?: number;
            } | {
                byzantine: number;
                /** @constant */
                name: "bulyan";
                /** @default 1 */
                serverLearningRate?: number;
            } | {
                /** @default 3 */
                iterations?: number;
                /** @constant */
                name: "geometric-median";
                /** @default 0.000001 */
                nu?: number;
                /** @default 1 */
                serverLearningRate?: number;
            } | {
                /** @constant */
                name: "rfa";
                /** @default 0.01 */
                nu?: number;
                /** @default 3 */
                steps?: number;
            } | {
                /** @default 0.8 */
                clipQuantile?: number;
                /** @default 1 */
                initialClipNorm?: number;
                /** @default 10 */
                initialZeroNorm?: number;
                /** @constant */
                name: "norm-bounding";
                /** @default 1 */
                serverLearningRate?: number;
                /** @default 0.98 */
                zeroQuantile?: number;
            } | {
                /** @default 1 */
                iterations?: number;
                /** @constant */
                name: "centered-clipping";
                radius: number;
                /** @default 1 */
                serverLearningRate?: number;
            } | {
                /** @constant */
                name: "fltrust";
                root: components["schemas"]["ClientIdInput"];
                /** @default 1 */
                serverLearningRate?: number;
            } | {
                /** @constant */
                name: "fednova";
                /** @default 1 */
                serverLearningRate?: number;
            } | {
                lipschitz: number;
                /** @constant */
                name: "q-fedavg";
                /** @default 1 */
                q?: number;
            } | {
                /** @default 1 */
                controlRange?: number;
                /** @constant */
                name: "scaffold";
                population: number;
                /** @default 1 */
                serverLearningRate?: number;
            } | {
                /** @default 0.01 */
                alpha?: number;
                /** @constant */
                name: "feddyn";
                population: number;
            };
            title?: string;
        };
        TaskId: TaskId;
        TaskIdInput: string;
        TaskPrivacyView: {
            budget: {
                delta: number;
                epsilon: number;
            } | null;
            roundsLeft: number | null;
            secureAggregation: boolean;
            spent: {
                /** @enum {string} */
                accountant: "exact-gaussian" | "renyi" | "privacy-loss-distribution";
                delta: number;
                epsilon: number | null;
                participation: {
                    /** @default 0 */
                    between: number;
                    most: number;
                } | null;
                /** @enum {string} */
                relation: "zero-out" | "add-or-remove" | "replace";
                rounds: number;
                sampling: {
                    /** @constant */
                    kind: "none";
                } | components["schemas"]["PoissonSampling"];
                /** @constant */
                unit: "client";
            } | null;
        };
        TaskSummary: {
            assignment: components["schemas"]["Digest"];
            completedRounds: number;
            /** Format: date-time */
            createdAt: string;
            id: components["schemas"]["TaskId"];
            latestModel: components["schemas"]["ModelView"] | null;
            latestRound: components["schemas"]["RoundView"] | null;
            nextRoundAt: string | null;
            openRound: components["schemas"]["RoundView"] | null;
            schedule: {
                /** @constant */
                kind: "manual";
            } | {
                /** @constant */
                kind: "continuous";
                /** @default 0 */
                pauseSeconds: number;
            } | {
                expression: string;
                /** @constant */
                kind: "cron";
                /** @default UTC */
                timeZone: string;
            };
            /** @enum {string} */
            status: "active" | "paused" | "finished";
            title: string | null;
        };
        TaskView: {
            assignment: components["schemas"]["Digest"];
            completedRounds: number;
            /** Format: date-time */
            createdAt: string;
            file: components["schemas"]["TaskFile"];
            id: components["schemas"]["TaskId"];
            latestModel: components["schemas"]["ModelView"] | null;
            latestRound: components["schemas"]["RoundView"] | null;
            nextRoundAt: string | null;
            openRound: components["schemas"]["RoundView"] | null;
            schedule: {
                /** @constant */
                kind: "manual";
            } | {
                /** @constant */
                kind: "continuous";
                /** @default 0 */
                pauseSeconds: number;
            } | {
                expression: string;
                /** @constant */
                kind: "cron";
                /** @default UTC */
                timeZone: string;
            };
            /** @enum {string} */
            status: "active" | "paused" | "finished";
            title: string | null;
        };
        WebhookView: {
            /** Format: date-time */
            createdAt: string;
            events: ("round.started" | "round.completed" | "round.abandoned" | "model.published" | "task.finished" | "ping")[];
            id: string;
            last: {
                /** Format: date-time */
                at: string;
                /** @enum {string} */
                outcome: "delivered" | "failed";
            } | null;
            name: string;
            task: components["schemas"]["TaskId"] | null;
            url: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listAudit: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AuditRecordView"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verifyAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        broken: {
                            reason: string;
                            sequence: number;
                        } | null;
                        head: {
                            hash: string;
                            sequence: number;
                        };
                        intact: boolean;
                    };
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getBlob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                digest: components["schemas"]["DigestInput"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description The range asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description Default Response */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `range-not-satisfiable`: Range not satisfiable. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putBlob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                digest: components["schemas"]["DigestInput"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": Blob | Uint8Array;
            };
        };
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlobView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `wrong-digest`: The bytes are not those announced. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage-full`: Storage is full. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listClients: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                online?: "true" | "false";
                search?: string;
                status?: "active" | "revoked" | "withdrawn";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ClientView"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    enrolClient: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnrolRequestInput"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        coordinator?: {
                            id: string;
                            publicKey: string;
                        };
                        /** Format: date-time */
                        enrolledAt: string;
                        enrolledBy: string;
                        id: components["schemas"]["ClientId"];
                        online?: boolean;
                        publicKey: string;
                        /** @enum {string} */
                        status: "active" | "revoked" | "withdrawn";
                        waitingFor?: components["schemas"]["TaskId"][];
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `token-spent`: The token has no uses left. `token-expired`: The token has expired. `bad-signature`: The signature does not hold. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                client: components["schemas"]["ClientIdInput"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                client: components["schemas"]["ClientIdInput"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listClientRounds: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                client: components["schemas"]["ClientIdInput"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ClientRoundView"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdrawClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                client: components["schemas"]["ClientIdInput"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    signature: string;
                };
            };
        };
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEnrolmentTokens: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            expiresAt: string;
                            id: string;
                            name: string;
                            usesLeft: number;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createEnrolmentToken: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default 604800 */
                    expiresInSeconds?: number;
                    name: string;
                    /** @default 1 */
                    uses?: number;
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolmentTokenView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-mismatch`: The idempotency key came with another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeEnrolmentToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        expiresAt: string;
                        id: string;
                        name: string;
                        usesLeft: number;
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listOperatorTokens: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: date-time */
                            createdAt: string;
                            id: string;
                            name: string;
                            /** @enum {string} */
                            role: "viewer" | "operator" | "admin";
                            /** @enum {string} */
                            status: "active" | "revoked";
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createOperatorToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @enum {string} */
                    role: "viewer" | "operator" | "admin";
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        createdAt: string;
                        id: string;
                        name: string;
                        /** @enum {string} */
                        role: "viewer" | "operator" | "admin";
                        token: string;
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeOperatorToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        createdAt: string;
                        id: string;
                        name: string;
                        /** @enum {string} */
                        role: "viewer" | "operator" | "admin";
                        /** @enum {string} */
                        status: "active" | "revoked";
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `last-admin`: It is the last admin token. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOverview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OverviewView"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        csrf: string;
                        /** Format: date-time */
                        expiresAt: string;
                        id: string;
                        name: string;
                        /** @enum {string} */
                        role: "viewer" | "operator" | "admin";
                    };
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        csrf: string;
                        /** Format: date-time */
                        expiresAt: string;
                        id: string;
                        name: string;
                        /** @enum {string} */
                        role: "viewer" | "operator" | "admin";
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    closeSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessions: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            expiresAt: string;
                            id: string;
                            name: string;
                            owner: string;
                            /** @enum {string} */
                            role: "viewer" | "operator" | "admin";
                            /** Format: date-time */
                            seenAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        oidc: {
                            name: string;
                            path: string;
                        } | null;
                    };
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSystem: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        at: string;
                        eventLoopDelayMs: {
                            max: number;
                            mean: number;
                            p99: number;
                        };
                        lines: {
                            admins: number;
                            participants: number;
                        };
                        memory: {
                            external: number;
                            heapUsed: number;
                            rss: number;
                        };
                        node: string;
                        processes: {
                            others: number;
                            tasksDriven: number;
                        };
                        queue: {
                            decisions: number;
                            uploads: number;
                        };
                        /** Format: date-time */
                        startedAt: string;
                        storage: {
                            blobs: string;
                            database: string;
                            databaseBytes: number | null;
                            freeBytes: number | null;
                            modelBytes: number | null;
                            updateBytes: number | null;
                        };
                        version: string;
                    };
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkTask: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskFileInput"];
            };
        };
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        mistakes: {
                            message: string;
                            path: string;
                        }[];
                        size: {
                            bytesDown: number;
                            bytesUp: number;
                            parameters: number;
                        } | null;
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTasks: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["TaskSummary"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createTask: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskFileInput"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already-exists`: It exists already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-mismatch`: The idempotency key came with another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage-full`: Storage is full. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task: components["schemas"]["TaskIdInput"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task: components["schemas"]["TaskIdInput"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeTaskRequestInput"];
            };
        };
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `task-not-active`: The task is not active. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTaskMetrics: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                task: components["schemas"]["TaskIdInput"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RoundMetricsView"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTaskMetricsCsv: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task: components["schemas"]["TaskIdInput"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Comma-separated values */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": unknown;
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listModels: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                task: components["schemas"]["TaskIdInput"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ModelView"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    importModel: {
        parameters: {
            query?: {
                note?: string;
            };
            header?: {
                "idempotency-key"?: string;
            };
            path: {
                task: components["schemas"]["TaskIdInput"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": Blob | Uint8Array;
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `round-open`: A round is open. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-mismatch`: The idempotency key came with another request. `bad-tensors`: The tensors do not fit the model. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage-full`: Storage is full. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getModel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task: components["schemas"]["TaskIdInput"];
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        assignment: components["schemas"]["Digest"];
                        /** Format: date-time */
                        createdAt: string;
                        origin: {
                            /** @constant */
                            kind: "initial";
                            seed: number;
                        } | {
                            /** @constant */
                            kind: "imported";
                            note: string;
                        } | {
                            examples: number;
                            /** @constant */
                            kind: "round";
                            metrics: {
                                [key: string]: number;
                            };
                            privacy?: {
                                /** @enum {string} */
                                accountant: "exact-gaussian" | "renyi" | "privacy-loss-distribution";
                                delta: number;
                                epsilon: number | null;
                                participation: {
                                    /** @default 0 */
                                    between: number;
                                    most: number;
                                } | null;
                                /** @enum {string} */
                                relation: "zero-out" | "add-or-remove" | "replace";
                                rounds: number;
                                sampling: {
                                    /** @constant */
                                    kind: "none";
                                } | components["schemas"]["PoissonSampling"];
                                /** @constant */
                                unit: "client";
                            };
                            round: components["schemas"]["RoundId"];
                            state?: {
                                numbers: {
                                    [key: string]: number;
                                };
                                since?: components["schemas"]["ModelVersion"];
                                vectors?: {
                                    bytes: number;
                                    digest: components["schemas"]["Digest"];
                                };
                            };
                        } | {
                            /** @constant */
                            kind: "rollback";
                            reason: string;
                            to: components["schemas"]["ModelVersion"];
                        };
                        parent: components["schemas"]["ModelVersion"] | null;
                        signed: {
                            assignment: {
                                bytes: number;
                                digest: components["schemas"]["Digest"];
                            };
                            coordinator: {
                                id: string;
                                publicKey: string;
                            };
                            signature: string;
                        };
                        task: components["schemas"]["TaskId"];
                        version: components["schemas"]["ModelVersion"];
                        weights: {
                            bytes: number;
                            digest: components["schemas"]["Digest"];
                        };
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getWeights: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task: components["schemas"]["TaskIdInput"];
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description The range asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description Default Response */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `gone`: No longer kept. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `range-not-satisfiable`: Range not satisfiable. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTaskPrivacy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task: components["schemas"]["TaskIdInput"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskPrivacyView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rollbackModel: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path: {
                task: components["schemas"]["TaskIdInput"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default  */
                    reason?: string;
                    version: components["schemas"]["ModelVersionInput"];
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `round-open`: A round is open. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `gone`: No longer kept. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-mismatch`: The idempotency key came with another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRounds: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                task: components["schemas"]["TaskIdInput"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RoundView"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    triggerRound: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path: {
                task: components["schemas"]["TaskIdInput"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Begun */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoundView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `round-open`: A round is open. `no-model`: The task has no model yet. `privacy-budget`: The privacy budget does not allow it. `task-not-active`: The task is not active. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-mismatch`: The idempotency key came with another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRound: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                round: string;
                task: components["schemas"]["TaskIdInput"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoundDetail"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    abandonRound: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                round: string;
                task: components["schemas"]["TaskIdInput"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default  */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoundView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `round-over`: The round is over. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putUpdate: {
        parameters: {
            query?: never;
            header: {
                "tributary-submission": string;
            };
            path: {
                client: components["schemas"]["ClientIdInput"];
                round: string;
                task: components["schemas"]["TaskIdInput"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": Blob | Uint8Array;
            };
        };
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubmissionReceiptView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `not-invited`: Not invited to this round. `bad-signature`: The signature does not hold. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `round-over`: The round is over. `wrong-model`: The update is for another model. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `wrong-round`: The update is for another round. `wrong-client`: The update is of another client. `wrong-digest`: The bytes are not those announced. `not-openable`: The envelope does not open. `bad-tensors`: The tensors do not fit the model. `bad-compression`: The update is not compressed as the task says. `bad-vector`: The masked vector is not one of this round. `wrong-claims`: The update claims what this round does not take. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage-full`: Storage is full. `unavailable`: Not available at present. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listWebhooks: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["WebhookView"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    events: ("round.started" | "round.completed" | "round.abandoned" | "model.published" | "task.finished" | "ping")[];
                    name: string;
                    task?: components["schemas"]["TaskIdInput"];
                    /** Format: uri */
                    url: string;
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedWebhookView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `limit-reached`: There are as many as there may be. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `gone`: No longer kept. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-mismatch`: The idempotency key came with another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["DeliveryView"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redeliver: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                delivery: string;
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Begun */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pingWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Begun */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryView"];
                };
            };
            /** @description `invalid`: The request has mistakes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Authentication is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. `csrf`: Not from a page of this console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-large`: Too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "ok";
                    };
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Measurements */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; or what was asked for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        checks: {
                            [key: string]: {
                                detail?: string;
                                ok: boolean;
                            };
                        };
                        ok: boolean;
                    };
                };
            };
            /** @description `internal`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not at present */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        checks: {
                            [key: string]: {
                                detail?: string;
                                ok: boolean;
                            };
                        };
                        ok: boolean;
                    };
                };
            };
        };
    };
}
