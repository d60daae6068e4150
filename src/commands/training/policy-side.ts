/** A model to train or to ask: files, tokenizer and, of a policy, the protocol it speaks. */
import { locateModel } from '../../../models/locate.ts';
import type { ModelFiles } from '../../../models/files.ts';
import { openModel } from '../../../models/open.ts';
import { chatTemplateOf } from '../../../models/tokenizer/chat-template.ts';
import { type Tokenizer, createTokenizer } from '../../../models/tokenizer/tokenizer.ts';
import type { Environment } from '../../../models/weights/hub-cache.ts';
import { type Protocol, type ProtocolOptions, createProtocol } from '../../../trainer/rollout/protocol.ts';

export interface ModelSide {
  readonly path: string;
  readonly files: ModelFiles;
  readonly tokenizer: Tokenizer;
  close(): Promise<void>;
}

export interface PolicySide extends ModelSide {
  readonly protocol: Protocol;
}

export async function openModelSide(nameOrPath: string, env: Environment): Promise<ModelSide> {
  const { path } = await locateModel(nameOrPath, env);
  const files = await openModel(path);
  let tokenizer: Tokenizer;
  try {
    tokenizer = await createTokenizer(files.tokenizer);
  } catch (thrown) {
    await files.weights.close();
    throw thrown;
  }
  return {
    path,
    files,
    tokenizer,
    async close() {
      tokenizer.free();
      await files.weights.close();
    },
  };
}

export async function openPolicySide(nameOrPath: string, options: Partial<ProtocolOptions>, env: Environment): Promise<PolicySide> {
  const model = await openModelSide(nameOrPath, env);
  try {
    return { ...model, protocol: createProtocol(options, model.tokenizer, chatTemplateOf(model.files, model.tokenizer)) };
  } catch (thrown) {
    await model.close();
    throw thrown;
  }
}
