/** The few answers that a person reads in a browser, where no console is there to show them. */
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Whether a browser asks to show what comes. */
export const wantsPage = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean =>
  headers.accept?.includes('text/html') === true

/** @param page.back Where a link leads, and what it says. */
export const replyWithPage = (
  reply: FastifyReply,
  { title, detail, back }: { title: string; detail: string; back?: { path: string; text: string } },
): FastifyReply =>
  reply
    .type('text/html; charset=utf-8')
    .send(
      '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
        `<meta name="color-scheme" content="light dark"><title>${escaped(title)}</title>` +
        `<h1>${escaped(title)}</h1><p>${escaped(detail)}</p>` +
        `${back ? `<p><a href="${escaped(back.path)}">${escaped(back.text)}</a></p>` : ''}</html>`,
    )

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
