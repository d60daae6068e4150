/** `npm run test:models`: what needs a real model or a real tokenizer, fetched into `.cache/` or skipped with the reason. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/models/**/*.models.ts'], testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false },
});
