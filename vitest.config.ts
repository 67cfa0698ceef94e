import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Where the machine is shared, one that meets a bad moment is tried once more, and told of as such; at home it fails at once.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    // Pothos and the tests must see one and the same copy of graphql: inlined, both go through Vite's loader.
    server: { deps: { inline: [/graphql/, /pothos/] } },
  },
});
