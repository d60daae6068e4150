/**
 * The decoder once more in plain numbers (float64), one token at a time as its formulas read, for tests of the graphs. Sources: Llama 2
 * (arXiv 2307.09288) and modeling_llama.py, modeling_qwen2.py, modeling_qwen3.py of transformers. Rotations come in from outside: they
 * have tests of their own.
 */
import type { TinyModel } from '../../support/tiny-model.ts';

/** Angle of pair `i` of a head at a position, and the factor on cosine and sine. */
export interface Rotation {
  angle(position: number, i: number): number;
  readonly scale: number;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const dot = (a: readonly number[], b: readonly number[]): number => sum(a.map((one, i) => one * b[i]!));
const add = (a: readonly number[], b: readonly number[]): number[] => a.map((one, i) => one + b[i]!);

/** Logits [tokens, vocabSize]. */
export function referenceLogits({ config, tensors }: TinyModel, tokens: readonly number[], { angle, scale }: Rotation): Float64Array {
  const { heads, kvHeads, headDim, rmsNormEps, layers, vocabSize, tieEmbeddings } = config;
  const half = headDim / 2;
  const row = (name: string, at: number): number[] => {
    const { shape, values } = tensors.get(name)!;
    return [...values.subarray(at * shape[1]!, (at + 1) * shape[1]!)];
  };
  const linear = (x: readonly number[], name: string): number[] => {
    const { shape } = tensors.get(`${name}.weight`)!;
    const bias = tensors.get(`${name}.bias`)?.values;
    return Array.from({ length: shape[0]! }, (_, at) => dot(row(`${name}.weight`, at), x) + (bias?.[at] ?? 0));
  };
  const norm = (x: readonly number[], name: string): number[] => {
    const { values } = tensors.get(`${name}.weight`)!;
    const root = Math.sqrt(sum(x.map((one) => one * one)) / x.length + rmsNormEps);
    return x.map((one, i) => (one / root) * values[i]!);
  };
  const split = (x: readonly number[], count: number): number[][] => Array.from({ length: count }, (_, head) => x.slice(head * headDim, (head + 1) * headDim));
  /** Dimension i turns with dimension i + half. */
  const rotate = (x: readonly number[], position: number): number[] =>
    x.map((one, d) => {
      const turn = angle(position, d % half);
      const other = d < half ? -x[d + half]! : x[d - half]!;
      return scale * (one * Math.cos(turn) + other * Math.sin(turn));
    });

  const cache = Array.from({ length: layers }, () => ({ keys: [] as number[][][], values: [] as number[][][] }));
  const logits = new Float64Array(tokens.length * vocabSize);
  tokens.forEach((token, position) => {
    let x = row('model.embed_tokens.weight', token);
    for (let layer = 0; layer < layers; layer++) {
      const name = `model.layers.${layer}`;
      const { keys, values } = cache[layer]!;
      const normed = norm(x, `${name}.input_layernorm`);
      const headsOf = (which: 'q' | 'k', count: number): number[][] =>
        split(linear(normed, `${name}.self_attn.${which}_proj`), count).map((head) => {
          const own = `${name}.self_attn.${which}_norm`;
          return rotate(tensors.has(`${own}.weight`) ? norm(head, own) : head, position);
        });
      keys.push(headsOf('k', kvHeads));
      values.push(split(linear(normed, `${name}.self_attn.v_proj`), kvHeads));
      const mixed = headsOf('q', heads).flatMap((query, head) => {
        const group = Math.floor(head / (heads / kvHeads));
        const scores = keys.map((key) => dot(query, key[group]!) / Math.sqrt(headDim));
        const top = Math.max(...scores);
        const weights = scores.map((score) => Math.exp(score - top));
        const total = sum(weights);
        return Array.from({ length: headDim }, (_, d) => sum(weights.map((weight, at) => (weight / total) * values[at]![group]![d]!)));
      });
      x = add(x, linear(mixed, `${name}.self_attn.o_proj`));
      const inner = norm(x, `${name}.post_attention_layernorm`);
      const up = linear(inner, `${name}.mlp.up_proj`);
      x = add(x, linear(linear(inner, `${name}.mlp.gate_proj`).map((gate, i) => (gate / (1 + Math.exp(-gate))) * up[i]!), `${name}.mlp.down_proj`));
    }
    const last = norm(x, 'model.norm');
    const head = tieEmbeddings ? 'model.embed_tokens' : 'lm_head';
    logits.set(linear(last, head), position * vocabSize);
  });
  return logits;
}
