/** Servers with a fake model in them, and their event streams read: what the tests of the completion routes share. */
import { type FakeLanguageModel, type FakeOptions, fakeLanguageModel } from '../support/fake-language-model.ts';
import { withModel } from '../support/model-app.ts';
import { openApp } from '../search/harness.ts';
import type { Composed } from '../../src/compose.ts';

export const CHAT = '/v1/chat/completions';
export const TEXT = '/v1/completions';
export const ask = (content = 'Who built the Humber Bridge?') => ({ model: 'fake-135m', messages: [{ role: 'user', content }] });
export const complete = (prompt: unknown = 'The bridge') => ({ model: 'fake-135m', prompt });

/** A reply, read as a client reads it. */
export type Json = Record<string, any>;

export interface ModelServer extends Composed {
  readonly model: FakeLanguageModel;
  /** Milliseconds that the clock has gone on. */
  pass(milliseconds: number): void;
  post(path: string, body: unknown, init?: { headers?: Record<string, string>; signal?: AbortSignal }): Promise<Response>;
  /** The JSON of a reply that must succeed. */
  json(path: string, body: unknown): Promise<Json>;
  /** Status and error of a reply that must not. */
  error(path: string, body: unknown): Promise<{ status: number; error: Json; headers: Headers }>;
  /** The chunks of a stream that must succeed, without `[DONE]`. */
  chunks(path: string, body: Record<string, unknown>): Promise<Json[]>;
}

export function framesOf(text: string): string[] {
  if (!text.endsWith('\n\n')) throw new Error(`a stream that ends inside a frame: ${text.slice(-80)}`);
  return text.slice(0, -2).split('\n\n').map((frame) => {
    if (!frame.startsWith('data: ') || frame.includes('\n')) throw new Error(`no frame: ${frame}`);
    return frame.slice('data: '.length);
  });
}

export async function modelServer(options: FakeOptions = {}, flags: Record<string, unknown> = {}): Promise<ModelServer> {
  let time = 0;
  const model = fakeLanguageModel(options);
  const composed = withModel(await openApp(flags), model, { now: () => time });
  const post: ModelServer['post'] = async (path, body, { headers = {}, signal } = {}) =>
    composed.app.request(`http://127.0.0.1:8080${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body), ...(signal ? { signal } : {}) });
  return {
    ...composed,
    model,
    pass: (milliseconds) => void (time += milliseconds),
    post,
    async json(path, body) {
      const reply = await post(path, body);
      const text = await reply.text();
      if (reply.status !== 200) throw new Error(`${reply.status}: ${text}`);
      return JSON.parse(text) as Json;
    },
    async error(path, body) {
      const reply = await post(path, body);
      const text = await reply.text();
      if (reply.status === 200) throw new Error(`was not refused: ${text}`);
      return { status: reply.status, error: (JSON.parse(text) as Json).error as Json, headers: reply.headers };
    },
    async chunks(path, body) {
      const reply = await post(path, { ...body, stream: true });
      const text = await reply.text();
      if (reply.status !== 200) throw new Error(`${reply.status}: ${text}`);
      const frames = framesOf(text);
      if (frames.pop() !== '[DONE]') throw new Error(`a stream that does not end: ${text.slice(-200)}`);
      return frames.map((frame) => JSON.parse(frame) as Json);
    },
  };
}
