/** `npm run test:oracle`: our numbers beside those of PyTorch, transformers and gguf. setup.ts installs them. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/oracle/**/*.oracle.ts'], testTimeout: 600_000, hookTimeout: 600_000, fileParallelism: false },
});
