/** What a model is, in numbers: one shape for Hugging Face's `config.json` and for GGUF's metadata. */

export const ARCHITECTURE_NAMES = ['llama', 'qwen2', 'qwen3'] as const;
export type ArchitectureName = (typeof ARCHITECTURE_NAMES)[number];

/** How the rotary frequencies are stretched beyond the length a model was trained on. */
export type RopeScaling =
  | { readonly type: 'linear'; readonly factor: number }
  /** Llama 3.1 (transformers, modeling_rope_utils.py, `_compute_llama3_parameters`). */
  | { readonly type: 'llama3'; readonly factor: number; readonly lowFreqFactor: number; readonly highFreqFactor: number; readonly originalContextLength: number }
  /** YaRN, arXiv 2309.00071, as transformers computes it. */
  | {
      readonly type: 'yarn';
      readonly factor: number;
      readonly originalContextLength: number;
      readonly betaFast: number;
      readonly betaSlow: number;
      /** Null for the paper's 0.1 ln(factor) + 1. */
      readonly attentionFactor: number | null;
    };

export interface ModelConfig {
  readonly architecture: ArchitectureName;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** Of one attention head; heads × headDim need not be hiddenSize (Qwen3). */
  readonly headDim: number;
  readonly vocabSize: number;
  /** Positions the model was made for. */
  readonly contextLength: number;
  readonly rmsNormEps: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling | null;
  /** GGUF's `rope_freqs.weight`: divisors of the frequencies, headDim / 2 long, in place of a scaling. Null elsewhere. */
  readonly ropeFactors: readonly number[] | null;
  /** The output matrix is the embedding. */
  readonly tieEmbeddings: boolean;
  /** Biases on the query, key and value projections (qwen2: always); where `attention_bias` says so in llama and qwen3, on the output projection too. */
  readonly attentionBias: boolean;
  /** Generation ends at any of these. */
  readonly eosTokens: readonly number[];
  readonly bosToken: number | null;
}
