/** What server.ts uses of its packages. They are installed in this folder only, and the project is checked without them. */
declare module 'node-llama-cpp' {
  export type Token = number & { readonly __token: never };
  export interface Sequence {
    readonly nextTokenIndex: number;
    clearHistory(): Promise<void>;
    adaptStateToTokens(tokens: readonly Token[], allowShift: boolean): Promise<void>;
    evaluate(tokens: readonly Token[], options: { temperature?: number; topP?: number; topK?: number; seed?: number; yieldEogToken?: boolean }): AsyncGenerator<Token, void, void>;
  }
  export interface Context {
    getSequence(): Sequence;
  }
  export interface Model {
    readonly fileInfo: { readonly metadata: { readonly tokenizer: { readonly chat_template?: string } } };
    readonly tokens: { readonly bosString: string | null; readonly eosString: string | null };
    createContext(options: { sequences: number; contextSize: number; batchSize?: number; threads: number }): Promise<Context>;
    tokenize(text: string, specialTokens: boolean): Token[];
    detokenize(tokens: readonly Token[]): string;
  }
  export interface Llama {
    loadModel(options: { modelPath: string }): Promise<Model>;
  }
  export function getLlama(options: {
    gpu: false;
    build: 'never';
    skipDownload: true;
    maxThreads: number;
    logLevel: 'error';
  }): Promise<Llama>;
}

declare module '@huggingface/jinja' {
  export class Template {
    constructor(source: string);
    render(values: Readonly<Record<string, unknown>>): string;
  }
}
