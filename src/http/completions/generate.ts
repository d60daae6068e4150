/** From a request to the generations it asks for: their seeds, all of them whole, or all of them as one stream of events. */
import type { Delta, GenerateRequest, Generated, LanguageModel } from '../../../models/runtime/language-model.ts';
import { hash } from '../../hash.ts';
import type { Chunks } from './replies.ts';
import type { CompletionRequest } from './request.ts';

const seedOf = (text: string): number => Number.parseInt(text.slice(0, 8), 16);

/**
 * One for each choice, those of a prompt together. Choice 0 has the seed that was given, so that it is the answer to `n: 1`; the others
 * have seeds of their own, drawn from it. Without a seed each prompt draws one, for a trainer may send one prompt many times in a list.
 * `newId` is the source of chance.
 */
export function generations(request: CompletionRequest, owner: string, newId: () => string): GenerateRequest[] {
  const { maxTokens, stop, ignoreEos, sampling, logprobs, n } = request;
  return request.prompts.flatMap((prompt) => {
    const seed = request.seed ?? seedOf(hash('seed', newId()));
    return Array.from({ length: n }, (_, choice) => ({
      prompt,
      maxTokens,
      stop,
      ignoreEos,
      sampling: { ...sampling, seed: choice === 0 ? seed : seedOf(hash('choice', seed, choice)) },
      logprobs,
      owner,
    }));
  });
}

/** All of them, in order. The first that fails ends the rest; `stop` ends all. */
export async function allWhole(model: LanguageModel, wanted: readonly GenerateRequest[], stop: AbortController): Promise<Generated[]> {
  try {
    return await Promise.all(wanted.map(async (one) => model.generate({ ...one, signal: stop.signal })));
  } catch (thrown) {
    stop.abort(thrown);
    throw thrown;
  }
}

export interface StreamHooks {
  /** The event that tells of a failure after the stream had begun. */
  readonly failure: (thrown: unknown) => string;
  /** Once, if the stream has begun: when the last event was sent, or the client had gone. */
  readonly ended: (gone: boolean) => void;
}

const encoder = new TextEncoder();

/** What a choice has sent: the rest comes when it ends. */
interface Sent {
  text: number;
  tokens: number;
}

/**
 * Resolves when the first event is there, so that a refusal still has a status of its own; rejects with what was thrown before that. The
 * model is never slowed down by a slow reader: what waits for one is bounded by the lengths that were asked for.
 */
export function streamed(model: LanguageModel, wanted: readonly GenerateRequest[], chunks: Chunks, stop: AbortController, hooks: StreamHooks): Promise<ReadableStream<Uint8Array>> {
  return new Promise((resolve, reject) => {
    let events!: ReadableStreamDefaultController<Uint8Array>;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => void (events = controller),
      cancel: (reason) => stop.abort(reason),
    });
    let begun = false;
    const send = (...frames: readonly string[]): void => {
      if (stop.signal.aborted) return;
      if (!begun) {
        begun = true;
        frames = [...chunks.openings(), ...frames];
        resolve(stream);
      }
      for (const frame of frames) events.enqueue(encoder.encode(frame));
    };
    const sendDelta = (index: number, sent: Sent, delta: Delta): void => {
      sent.text += delta.text.length;
      sent.tokens += delta.tokens.length;
      const frame = chunks.delta(index, delta);
      if (frame !== null) send(frame);
    };
    const generateOne = async (one: GenerateRequest, index: number): Promise<Generated> => {
      const sent: Sent = { text: 0, tokens: 0 };
      const result = await model.generate({
        ...one,
        signal: stop.signal,
        ...(chunks.haveIds ? { onStart: ({ promptTokens }) => send(chunks.opening(index, promptTokens)) } : {}),
        onDelta: (delta) => sendDelta(index, sent, delta),
      });
      const { text, tokens, logprobs } = result;
      sendDelta(index, sent, { text: text.slice(sent.text), tokens: tokens.slice(sent.tokens), logprobs: logprobs?.slice(sent.tokens) ?? null });
      send(chunks.end(index, result));
      return result;
    };

    Promise.all(wanted.map(generateOne))
      .then((results) => {
        send(...chunks.closing(results));
        const gone = stop.signal.aborted;
        if (!gone) events.close();
        hooks.ended(gone);
      })
      .catch((thrown: unknown) => {
        const gone = stop.signal.aborted;
        if (!begun) reject(thrown);
        else if (gone) events.error(thrown);
        else {
          send(hooks.failure(thrown));
          events.close();
        }
        stop.abort(thrown);
        if (begun) hooks.ended(gone);
      });
  });
}
