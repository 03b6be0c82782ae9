// The three forms of an answer: one JSON document, Connect's stream of envelopes, server-sent events. An answer that was begun and cannot be
// finished is cut off with its connection: nobody may take a part for the whole.
import type { ServerResponse } from 'node:http';
import { connectError } from './connect-error.ts';

/** Texts are JSON. */
export interface Answer {
  /** @returns false: wait for 'drain' before the next */
  item(text: string): boolean;
  /** Nothing to say yet: called now and then, so that the other end knows that it is heard. */
  beat(): void;
  /** All has been said. */
  end(): void;
  /** Ends it with an error; without effect once it has ended. */
  fail(error: unknown): void;
}

/** Not kept by caches, not taken for something else by browsers. */
const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** `text` as a Buffer is sent without a copy; `headers` are added to the usual ones. */
export function sendJson(
  response: ServerResponse,
  status: number,
  text: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const body = typeof text === 'string' ? Buffer.from(text) : text;
  response
    .writeHead(status, { ...HEADERS, 'content-type': 'application/json', 'content-length': body.length, ...headers })
    .end(body);
}

/** An error instead of an answer. @param status where it is not the one of the error's code */
export function sendError(
  response: ServerResponse,
  error: unknown,
  { status, headers }: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): void {
  const found = connectError(error);
  sendJson(response, status ?? found.status, JSON.stringify(found.body), {
    ...(found.status === 401 && { 'www-authenticate': 'Bearer' }),
    ...headers,
  });
}

/** One document. */
export function documentAnswer(response: ServerResponse): Answer {
  let only = '';
  return {
    item: (text) => {
      only = text;
      return true;
    },
    beat: () => {},
    end: () => sendJson(response, 200, only),
    fail: (error) => sendError(response, error),
  };
}

/** Whether the message is the last one of the stream. */
const END_OF_STREAM = 2;

/** `application/connect+json`. Errors come in the last envelope, whatever the HTTP status. */
export function envelopeAnswer(response: ServerResponse): Answer {
  const put = (flags: number, text: string) => {
    begin(response, 'application/connect+json');
    const length = Buffer.byteLength(text);
    const envelope = Buffer.allocUnsafe(5 + length);
    envelope[0] = flags;
    envelope.writeUInt32BE(length, 1);
    envelope.write(text, 5);
    return response.write(envelope);
  };
  const last = (value: object) => {
    if (response.writableEnded || response.destroyed) return;
    put(END_OF_STREAM, JSON.stringify(value));
    response.end();
  };
  return {
    item: (text) => put(0, text),
    beat: () => {
      if (response.headersSent || response.writableEnded) return;
      begin(response, 'application/connect+json');
      response.flushHeaders();
    },
    end: () => last({}),
    fail: (error) => last({ error: connectError(error).body }),
  };
}

/** `text/event-stream`: the last event is `end` or `error`, so that a reader knows whether it has all. */
export function eventAnswer(response: ServerResponse): Answer {
  const put = (text: string) => {
    begin(response, 'text/event-stream');
    return response.write(text);
  };
  const last = (event: string, value: object) => {
    if (response.writableEnded || response.destroyed) return;
    put(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`);
    response.end();
  };
  return {
    item: (text) => put(`data: ${text}\n\n`),
    // A comment, which readers skip.
    beat: () => {
      if (!response.writableNeedDrain && !response.writableEnded) put(':\n\n');
    },
    end: () => last('end', {}),
    fail: (error) => (response.headersSent ? last('error', connectError(error).body) : sendError(response, error)),
  };
}

function begin(response: ServerResponse, type: string): void {
  if (!response.headersSent) response.writeHead(200, { ...HEADERS, 'content-type': type });
}
