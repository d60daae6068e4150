/**
 * Rotary position embeddings (RoFormer, arXiv 2104.09864) as tables of cosines and sines, with the stretchings that published models
 * use. Formulas as in transformers, `modeling_rope_utils.py`.
 */
import type { ModelConfig } from '../config.ts';

/** Inverse frequencies [headDim / 2] and the factor on cosine and sine. */
export function frequencies(config: ModelConfig): { readonly inverse: Float64Array; readonly scale: number } {
  const { headDim, ropeTheta, ropeScaling, ropeFactors } = config;
  const inverse = Float64Array.from({ length: headDim / 2 }, (_, i) => 1 / ropeTheta ** ((2 * i) / headDim));
  if (ropeFactors) return { inverse: inverse.map((one, i) => one / ropeFactors[i]!), scale: 1 };
  if (ropeScaling === null) return { inverse, scale: 1 };
  switch (ropeScaling.type) {
    case 'linear':
      return { inverse: inverse.map((one) => one / ropeScaling.factor), scale: 1 };
    case 'llama3': {
      const { factor, lowFreqFactor, highFreqFactor, originalContextLength } = ropeScaling;
      return {
        inverse: inverse.map((one) => {
          const wavelength = (2 * Math.PI) / one;
          if (wavelength < originalContextLength / highFreqFactor) return one;
          if (wavelength > originalContextLength / lowFreqFactor) return one / factor;
          const smooth = (originalContextLength / wavelength - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
          return ((1 - smooth) * one) / factor + smooth * one;
        }),
        scale: 1,
      };
    }
    case 'yarn': {
      const { factor, originalContextLength, betaFast, betaSlow, attentionFactor } = ropeScaling;
      // The dimension that turns `rotations` times over the original context.
      const dimension = (rotations: number): number => (headDim * Math.log(originalContextLength / (rotations * 2 * Math.PI))) / (2 * Math.log(ropeTheta));
      const low = Math.max(Math.floor(dimension(betaFast)), 0);
      const high = Math.min(Math.ceil(dimension(betaSlow)), headDim - 1);
      return {
        inverse: inverse.map((one, i) => {
          const ramp = Math.min(1, Math.max(0, (i - low) / (high === low ? 0.001 : high - low)));
          return (one / factor) * ramp + one * (1 - ramp);
        }),
        scale: attentionFactor ?? (factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1),
      };
    }
    default:
      return ropeScaling satisfies never;
  }
}

/** Cosines and sines of positions 0 to `positions` - 1: each [positions, headDim / 2]. */
export function rotaryTables(config: ModelConfig, positions: number): { readonly cos: Float32Array; readonly sin: Float32Array } {
  const { inverse, scale } = frequencies(config);
  const half = inverse.length;
  const cos = new Float32Array(positions * half);
  const sin = new Float32Array(positions * half);
  for (let position = 0; position < positions; position++) {
    for (let i = 0; i < half; i++) {
      // transformers multiplies in float32.
      const angle = Math.fround(position * Math.fround(inverse[i]!));
      cos[position * half + i] = Math.cos(angle) * scale;
      sin[position * half + i] = Math.sin(angle) * scale;
    }
  }
  return { cos, sin };
}
