import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Pothos and the tests must see one and the same copy of graphql: inlined, both go through Vite's loader.
    server: { deps: { inline: [/graphql/, /pothos/] } },
  },
});
