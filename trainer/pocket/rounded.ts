/**
 * Tuning with the weights as the file will round them (Bengio et al., arXiv 1308.3432; Jacob et al., arXiv 1712.05877): each step looks
 * through the rounded weights, and its gradient moves the unrounded ones. What rounding to four bits costs is mostly won back in some dozen
 * steps.
 */
import type { ModelFiles } from '../../models/files.ts';
import { halfAt } from '../../models/weights/half.ts';
import { BLOCKS } from '../../models/weights/weights.ts';
import { nll } from '../algorithms/nll.ts';
import { openTrainable } from '../autodiff/trainable.ts';
import type { NamedTensor } from '../autodiff/weights.ts';
import { createAdamW } from '../optim/adamw.ts';
import type { ParameterLayout } from '../parameters.ts';
import { type Example, type SftOptions, type SftStep, passes } from '../sft.ts';
import { encodeBlocks } from './blocks.ts';

export interface RoundedOptions extends Pick<SftOptions, 'steps' | 'batch' | 'microBatchTokens' | 'learningRate' | 'schedule' | 'optimizer' | 'threads'> {
  /** Matrices whose blocks of 32 weights along a row are rounded to Q4_0, by name. */
  readonly rounds: (tensor: string) => boolean;
  /** Steps between two searches for the blocks' scales. */
  readonly scaleEvery: number;
}

const BLOCK = BLOCKS.Q4_0.weights;

/** A matrix of the layout, [in, out], and the scale of each of its blocks, [in / 32, out]. */
interface Matrix {
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly scales: Float32Array;
}

export class Rounding {
  readonly #matrices: readonly Matrix[];

  /** Of the layout's matrices that `rounds` names; the embedding and lm_head, which lie the other way round, may not be among them. */
  constructor(layout: ParameterLayout, rounds: RoundedOptions['rounds']) {
    this.#matrices = [...layout.slots.values()]
      .filter(({ name, shape }) => shape.length === 2 && rounds(name))
      .map(({ name, shape, offset }) => {
        const [rows, columns] = shape as [number, number];
        if (rows % BLOCK !== 0 || /embed_tokens|lm_head/.test(name)) throw new RangeError(`${name} cannot be rounded in blocks of ${BLOCK}.`);
        return { offset, rows, columns, scales: new Float32Array((rows / BLOCK) * columns) };
      });
  }

  /** Takes the scales that the file would have for these weights. */
  fit(weights: Float32Array): void {
    for (const { offset, rows, columns, scales } of this.#matrices) {
      const turned = new Float32Array(columns * BLOCK);
      for (let block = 0; block < rows / BLOCK; block++) {
        for (let i = 0; i < BLOCK; i++) for (let c = 0; c < columns; c++) turned[c * BLOCK + i] = weights[offset + (block * BLOCK + i) * columns + c]!;
        const bytes = encodeBlocks('Q4_0', turned);
        for (let c = 0; c < columns; c++) scales[block * columns + c] = halfAt(bytes, c * BLOCKS.Q4_0.bytes);
      }
    }
  }

  /** Writes `weights` into `into`, those of its matrices rounded at the scales last fitted. */
  write(weights: Float32Array, into: Float32Array): void {
    into.set(weights);
    for (const { offset, rows, columns, scales } of this.#matrices) {
      for (let r = 0; r < rows; r++) {
        const row = offset + r * columns;
        const first = Math.floor(r / BLOCK) * columns;
        for (let c = 0; c < columns; c++) {
          const scale = scales[first + c]!;
          const level = scale === 0 ? 0 : Math.round(weights[row + c]! / scale);
          into[row + c] = scale * (level < -8 ? -8 : level > 7 ? 7 : level);
        }
      }
    }
  }
}

/** The loss is that of the rounded model. */
export type RoundedStep = Pick<SftStep, 'step' | 'loss' | 'gradNorm'>;

/** Returns the checkpoint's tensors, rounded where they were to be. `examples` are taken in their order, from the first again after the last. */
export async function tuneRounded(files: Pick<ModelFiles, 'config' | 'weights'>, examples: readonly Example[], options: RoundedOptions, onStep: (step: RoundedStep) => void): Promise<Map<string, NamedTensor>> {
  const { steps, batch, scaleEvery, threads } = options;
  const model = await openTrainable(files, nll, { threads, lora: null, recompute: false, seed: 0 });
  const optimizer = createAdamW(options.optimizer);
  try {
    const rounding = new Rounding(model.layout, options.rounds);
    const weights = model.parameters.slice();
    const state = optimizer.init(model.layout);
    for (let step = 0; step < steps; step++) {
      if (step % scaleEvery === 0) rounding.fit(weights);
      rounding.write(weights, model.parameters);
      const chosen = Array.from({ length: batch }, (_, i) => examples[(step * batch + i) % examples.length]!);
      model.zeroGradients();
      const { loss } = await passes(chosen, options.microBatchTokens, (one) => model.accumulate(one));
      const { gradNorm } = await optimizer.update(weights, model.gradients, state, model.layout, options.learningRate * options.schedule(step));
      onStep({ step: step + 1, loss, gradNorm });
    }
    rounding.fit(weights);
    rounding.write(weights, model.parameters);
    return model.tensors();
  } finally {
    await model.close();
  }
}
