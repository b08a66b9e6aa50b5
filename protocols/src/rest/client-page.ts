/** `GET /api/v1/clients`. */
import type * as z from 'zod'
import { ClientView } from './clients.ts'
import { pageOf } from './paging.ts'

export const ClientPage = pageOf(ClientView)
export type ClientPage = z.infer<typeof ClientPage>
