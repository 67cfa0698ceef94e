import { defineConfig } from 'oxlint';
import type { OxlintOverride } from 'oxlint';

interface Permissions {
  /** Modules, or single files of one. */
  values?: readonly string[];
  /** Single files of which it may import the types only. */
  types?: readonly string[];
  /** Names in VENDORS. */
  vendors?: readonly string[];
  /** Whether it runs in browsers too. */
  inBrowsers?: boolean;
}

/**
 * Who may import whom. A folder may import the modules it lists and its own files by `./`, and nothing else of ours, so
 * a new module is refused until somebody decides. Those without a line here (src/app.ts, src/main.ts, demo, test, tools,
 * bench) may know all. test/contract/toolchain.test.ts shows each edge refused.
 */
const MAY_IMPORT: Record<string, Permissions> = {
  'src/lib': {},
  'src/domain': { values: ['domain', 'lib', 'prisma/generated'] },
  'src/agent': { values: ['agent', 'domain', 'lib'], vendors: ['undici', 'http'] },
  // Where a call may go, and where it goes, is said of agents and repositories in one way.
  'src/repository': {
    values: ['repository', 'agent/allowed-networks.ts', 'agent/connect-to.ts', 'domain', 'lib'],
    vendors: ['undici', 'http'],
  },
  'src/db': { values: ['db', 'lib', 'prisma'], types: ['domain/storage.ts'], vendors: ['database', 'queue'] },
  'src/events': { values: ['events', 'domain', 'lib'], types: ['db/database.ts'] },
  'src/queue': { values: ['queue', 'db', 'domain', 'lib'], vendors: ['queue'] },
  // What agents say is spelt in the same words as what they are told.
  'src/webhook': { values: ['webhook', 'agent/dialect.ts', 'domain', 'lib', 'prisma'] },
  'src/http': { values: ['http', 'domain', 'schema', 'webhook', 'lib'], vendors: ['graphql', 'yoga', 'ws', 'http'] },
  'src/import': { values: ['import', 'domain', 'lib', 'prisma/generated'] },
  'src/config.ts': {
    values: [
      'agent/connect-to.ts',
      'agent/dialect.ts',
      'domain/reports/judge-sender.ts',
      'domain/tracing/job-deadlines.ts',
      'domain/tracing/parse-job-deadlines.ts',
      'http/guards.ts',
      'lib',
    ],
  },
  schema: { values: ['schema', 'domain', 'lib', 'prisma'], vendors: ['graphql', 'pothos'] },
  simulator: { values: ['simulator'], vendors: ['undici', 'http'] },
  client: { values: ['client'], vendors: ['graphql', 'ws'], inBrowsers: true },
};

/** Libraries that shape whatever imports them; each is known to the few folders that list it in MAY_IMPORT. */
const VENDORS: Record<string, readonly string[]> = {
  database: ['pg', '@electric-sql/*', '@prisma/adapter-pg', 'pglite-prisma-adapter', '@prisma/schema-engine-wasm'],
  graphql: ['graphql', 'graphql/**'],
  http: ['node:http', 'node:https', 'node:http2'],
  pothos: ['@pothos/*', '@pothos/*/**'],
  queue: ['pg-boss'],
  undici: ['undici', 'undici/**'],
  ws: ['ws', 'graphql-ws', 'graphql-ws/**'],
  yoga: ['graphql-yoga', 'graphql-yoga/**', '@graphql-yoga/*'],
};

/** What there is in Node and not in browsers. */
const NODE_ONLY = {
  group: ['node:*', 'node:*/**', 'ws', 'graphql-ws/use/**'],
  message: 'This runs in browsers too.',
};

const UPWARDS = {
  group: ['..', '../**', './**/../**'],
  message: "No '../': across modules import '#module/…', inside one './…'.",
};

/** `process` as an import would go past the rules on process.env and process.exit. */
const PROCESS = {
  name: 'node:process',
  message: 'Read settings in src/config.ts and leave the process in main.ts; both use the global `process`.',
};

/** Everything of ours but `modules`. The patterns are gitignore's, where a bare «#» would begin a comment. */
function oursExcept(modules: readonly string[]): string[] {
  return [String.raw`\#*/**`, ...modules.map((name) => String.raw`!\#${name}${name.endsWith('.ts') ? '' : '/**'}`)];
}

function importRule(
  place: string,
  { values = [], types = [], vendors = [], inBrowsers = false }: Permissions,
): OxlintOverride {
  const known = [...values, ...types];
  const isFile = place.endsWith('.ts');
  const unknownVendors = Object.keys(VENDORS).filter((vendor) => !vendors.includes(vendor));
  return {
    files: [isFile ? place : `${place}/**`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            PROCESS,
            ...types.map((name) => ({
              name: `#${name}`,
              allowTypeImports: true,
              message: `${place} may import types from here, and no values.`,
            })),
          ],
          patterns: [
            UPWARDS,
            {
              group: oursExcept(known),
              message: `${place} may import ${known.join(', ') || 'nothing of ours'}: see oxlint.config.ts.`,
            },
            ...unknownVendors.map((vendor) => ({
              group: [...(VENDORS[vendor] ?? [])],
              message: `${place} does not know this library: see oxlint.config.ts.`,
            })),
            ...(inBrowsers ? [NODE_ONLY] : []),
            // A file beside the folders could reach all of them by './folder/…'.
            ...(isFile ? [{ group: ['./*/**'], message: `${place} names other modules by '#module/…'.` }] : []),
          ],
        },
      ],
    },
  };
}

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest'],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  env: { node: true, es2024: true },
  ignorePatterns: ['prisma/generated', '**/*.generated.ts', 'data', 'coverage'],
  rules: {
    // Modules.
    'no-restricted-imports': ['error', { paths: [PROCESS], patterns: [UPWARDS] }],
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/first': 'error',
    'import/no-commonjs': 'error',
    'import/no-default-export': 'error',
    'import/no-mutable-exports': 'error',
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'unicorn/prefer-node-protocol': 'error',
    'node/no-process-env': 'error',
    'unicorn/no-process-exit': 'error',

    // Promises: whoever starts work waits for it, hands it on, or says `void`.
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/return-await': ['error', 'error-handling-correctness-only'],
    'typescript/only-throw-error': 'error',
    'typescript/prefer-promise-reject-errors': 'error',
    'typescript/use-unknown-in-catch-callback-variable': 'error',

    // Types: nothing untyped gets in, and unions are handled to the last member.
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-deprecated': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/consistent-type-definitions': ['error', 'interface'],
    'typescript/consistent-type-exports': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-import-type-side-effects': 'error',
    'typescript/explicit-module-boundary-types': 'error',
    'typescript/require-array-sort-compare': 'error',
    'typescript/restrict-plus-operands': 'error',
    'typescript/restrict-template-expressions': ['error', { allowNumber: true }],
    'typescript/prefer-optional-chain': 'error',
    // «'' || null» is how an empty string becomes an absent value.
    'typescript/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],

    // One way to say things.
    eqeqeq: 'error',
    curly: ['error', 'multi-line'],
    'no-else-return': 'error',
    'no-param-reassign': 'error',
    'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    'no-var': 'error',
    'prefer-const': 'error',
    'max-lines': ['error', { max: 500 }],
    'no-underscore-dangle': ['error', { allow: ['__typename'] }],
    'unicorn/error-message': 'error',
    'unicorn/no-array-for-each': 'error',
    'unicorn/no-instanceof-array': 'error',
    'unicorn/prefer-number-properties': 'error',
    'unicorn/prefer-string-slice': 'error',
    'unicorn/throw-new-error': 'error',

    // Off: what these categories bring and what is only noise here.
    'no-await-in-loop': 'off', // Inside a transaction statements go one after the other, and most loops wait on purpose.
    'no-new': 'off', // Constructors that check what they are given: new URL(text), new X509Certificate(pem).
    'typescript/consistent-return': 'off', // Does not see exhaustive switches; the compiler's noImplicitReturns does.
    'typescript/no-unsafe-type-assertion': 'off', // Object.keys, Prisma's JSON and server.address() leave no other way.
    'import/no-named-as-default-member': 'off', // `pg` is CommonJS: its default export is the way in.
    'promise/always-return': 'off', // Nobody reads the value of a last `.then`.
    'oxc/no-map-spread': 'off', // Copies on purpose: the source of a map is not ours to change.
    'unicorn/consistent-function-scoping': 'off', // A helper reads best beside its only use.
    'unicorn/require-post-message-target-origin': 'off', // About windows of a browser; threads have no origin.
  },
  overrides: [
    ...Object.entries(MAY_IMPORT).map(([place, permissions]) => importRule(place, permissions)),
    { files: ['src/**', 'schema/**'], excludeFiles: ['src/main.ts'], rules: { 'no-console': 'error' } },
    // Its imports register the types with the builder.
    { files: ['schema/index.ts'], rules: { 'import/no-unassigned-import': ['error', { allow: ['./**'] }] } },
    {
      files: ['src/config.ts', 'src/main.ts', 'tools/**', 'test/**', 'bench/**'],
      rules: { 'node/no-process-env': 'off' },
    },
    // What a field's arguments are, the builder infers from what makes them.
    { files: ['schema/tracing/stream-args.ts'], rules: { 'typescript/explicit-module-boundary-types': 'off' } },
    { files: ['**/main.ts', 'tools/**'], rules: { 'unicorn/no-process-exit': 'off' } },
    { files: ['*.config.ts', 'test/support/global-setup.ts'], rules: { 'import/no-default-export': 'off' } },
    {
      // Plain JavaScript, so untyped.
      files: ['**/*.mjs'],
      rules: {
        'typescript/explicit-module-boundary-types': 'off',
        'typescript/no-unsafe-argument': 'off',
        'typescript/no-unsafe-assignment': 'off',
        'typescript/no-unsafe-call': 'off',
        'typescript/no-unsafe-member-access': 'off',
        'typescript/no-unsafe-return': 'off',
        'typescript/prefer-promise-reject-errors': 'off',
        'typescript/restrict-template-expressions': 'off',
      },
    },
    {
      files: ['test/**'],
      rules: {
        'max-lines': 'off', // One file a behaviour, however many cases it has.
        // Matchers such as expect.any(…) and the events of node:http are typed `any`.
        'typescript/no-unsafe-argument': 'off',
        'typescript/no-unsafe-assignment': 'off',
        'typescript/no-unsafe-call': 'off',
        'typescript/no-unsafe-member-access': 'off',
        'typescript/no-unsafe-return': 'off',
        'vitest/expect-expect': 'off', // Waiting in vain and a refuted property throw by themselves.
        'vitest/require-mock-type-parameters': 'off',
        'vitest/valid-title': ['error', { ignoreTypeOfTestName: true }],
        'vitest/valid-expect': ['error', { maxArgs: 2 }], // The second is the message.
      },
    },
  ],
});
