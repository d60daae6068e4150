import { existsSync } from 'node:fs';
import { gguf } from '@huggingface/gguf';
import { describe, expect, it } from 'vitest';
import { ModelRequestError, UnsupportedModelError } from '../../../models/errors.ts';
import type { ChatMessage } from '../../../models/runtime/language-model.ts';
import { createChatTemplate } from '../../../models/tokenizer/chat-template.ts';
import { tokenizerFromGguf } from '../../../models/tokenizer/tokenizer-gguf.ts';
import { readTokenizerJson } from '../../../models/tokenizer/tokenizer-json.ts';
import { cachedTokenizer, type TokenizerName } from '../../support/fetch-tokenizers.ts';
import { SMOLLM2 } from '../../support/llama-server/fetch-model.ts';


const NONE = { bosToken: null, eosToken: null };
const CHAT: readonly ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: ' Hi ' },
  { role: 'assistant', content: 'Hello' },
  { role: 'user', content: 'Bye' },
];
const HI: readonly ChatMessage[] = [{ role: 'user', content: 'Hi' }];
const TOOL = { type: 'function', function: { name: 'search', description: 'd', parameters: { type: 'object', properties: { q: { type: 'string' } } } } };

function rendered(source: string, messages: readonly ChatMessage[] = HI, addGenerationPrompt = true): string {
  return createChatTemplate(source, { bosToken: '<s>', eosToken: '</s>' }).render(messages, { addGenerationPrompt });
}

describe('a chat template', () => {
  it('is given the messages, the tokens, and whether the assistant speaks next', () => {
    const source = "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m['content'] | trim }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";
    expect(rendered(source, CHAT)).toBe('<s>[system]Be brief.</s>[user]Hi</s>[assistant]Hello</s>[user]Bye</s>[assistant]');
    expect(rendered(source, HI, false)).toBe('<s>[user]Hi</s>');
    expect(createChatTemplate(source, NONE).render(HI, { addGenerationPrompt: false })).toBe('[user]Hi');
  });

  it('loses the line break after a block and the spaces before one, as in transformers, and nothing else', () => {
    expect(rendered('\n  {% if true %}\n x\n  {% endif %}\n\ny')).toBe('\n x\n\ny');
  });

  it('gets no list of tools where there are none', () => {
    const source = '{% if tools is defined and tools %}{{ tools | tojson }}{% else %}none{% endif %}';
    const template = createChatTemplate(source, NONE);
    expect(template.render(HI, { addGenerationPrompt: true })).toBe('none');
    expect(template.render(HI, { addGenerationPrompt: true, tools: [] })).toBe('none');
    expect(JSON.parse(template.render(HI, { addGenerationPrompt: true, tools: [TOOL] }))).toEqual([TOOL]);
  });

  it('can be used again and again', () => {
    const template = createChatTemplate('{% set n = messages | length %}{{ n }}', NONE);
    expect([HI, CHAT, HI].map((messages) => template.render(messages, { addGenerationPrompt: true }))).toEqual(['1', '4', '1']);
  });

  it('is told the date that was given, and of none where none was', () => {
    const source = '{% if strftime_now is defined %}{{ strftime_now("%d %b %Y, %A %B %m %H:%M:%S %a 100%% %Q") }}{% else %}no date{% endif %}';
    const date = new Date(Date.UTC(2024, 1, 29, 23, 5, 9));
    expect(createChatTemplate(source, { ...NONE, date }).render(HI, { addGenerationPrompt: true })).toBe('29 Feb 2024, Thursday February 02 23:05:09 Thu 100% %Q');
    expect(createChatTemplate(source, NONE).render(HI, { addGenerationPrompt: true })).toBe('no date');
  });

  it('that refuses the chat is the fault of the messages', () => {
    const render = (): string => rendered("{% if messages[0].role == 'user' %}{{ raise_exception('Conversation roles must alternate.') }}{% endif %}");
    expect(render).toThrow(ModelRequestError);
    expect(render).toThrow(expect.objectContaining({ field: 'messages' }));
    expect(render).toThrow(/the template says: Conversation roles must alternate\.$/);
  });

  it('that cannot be read or run is the fault of the file', () => {
    for (const source of ['{% if %}', '{{ messages | no_such_filter }}', '{% for m in messages %}']) {
      const render = (): string => createChatTemplate(source, { ...NONE, file: 'model.gguf' }).render(HI, { addGenerationPrompt: true });
      expect(render).toThrow(UnsupportedModelError);
      expect(render).toThrow(expect.objectContaining({ file: 'model.gguf', field: 'chat_template' }));
    }
  });
});

/** Expected texts are what transformers renders of the same template, messages and date. */
describe("published models' templates", () => {
  it('SmolLM2: a system message of its own unless one is given', async ({ skip }) => {
    if (!existsSync(SMOLLM2)) return skip('SmolLM2 is not in .cache/models; `npx tsx test/support/llama-server/fetch-model.ts` brings it');
    const { metadata } = await gguf(SMOLLM2, { allowLocalFile: true });
    const template = createChatTemplate(tokenizerFromGguf(metadata as unknown as Record<string, unknown>, SMOLLM2).chatTemplate!, NONE);
    expect(template.render(CHAT, { addGenerationPrompt: true })).toBe(
      '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n Hi <|im_end|>\n<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n',
    );
    expect(template.render(HI, { addGenerationPrompt: false })).toBe(
      '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n',
    );
  });

  async function templateOf(name: TokenizerName, skip: (reason: string) => never): Promise<string> {
    const cached = cachedTokenizer(name);
    return 'folder' in cached ? (await readTokenizerJson(cached.folder)).chatTemplate! : skip(cached.skipped);
  }

  it.for(['qwen2_5', 'qwen3'] as const)('%s: turns, and tools in the system message', async (name, { skip }) => {
    const template = createChatTemplate(await templateOf(name, skip), NONE);
    expect(template.render(CHAT, { addGenerationPrompt: true })).toBe(
      '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n Hi <|im_end|>\n<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n',
    );
    const system = name === 'qwen3' ? '' : 'You are Qwen, created by Alibaba Cloud. You are a helpful assistant.\n\n';
    const tool = '{"type": "function", "function": {"name": "search", "description": "d", "parameters": {"type": "object", "properties": {"q": {"type": "string"}}}}}';
    expect(template.render(HI, { addGenerationPrompt: true, tools: [TOOL] })).toBe(
      `<|im_start|>system\n${system}# Tools\n\nYou may call one or more functions to assist with the user query.\n\nYou are provided with function signatures within <tools></tools> XML tags:\n<tools>\n${tool}\n</tools>\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n<tool_call>\n{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call><|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n`,
    );
  });

  it('Llama 3.2: the date that is given, or its own', async ({ skip }) => {
    const source = await templateOf('llama3_2', skip);
    for (const [date, shown] of [[new Date(Date.UTC(2024, 2, 5)), '05 Mar 2024'], [null, '26 Jul 2024']] as const) {
      const template = createChatTemplate(source, { bosToken: '<|begin_of_text|>', eosToken: '<|eot_id|>', date });
      expect(template.render(CHAT.slice(0, 2), { addGenerationPrompt: true })).toBe(
        `<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: ${shown}\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n`,
      );
    }
  });
});
