import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '#config.ts';

describe('the configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oggraph-config-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
    try {
      readConfig(env);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    return [];
  }
  const named = (problems: readonly string[]) =>
    problems.map((problem) => /^[A-Z_]+/.exec(problem)?.[0] ?? problem).toSorted();

  it('needs nothing to be set', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      publicUrl: null,
      databaseUrl: null,
      agentPort: 8000,
      agentTls: { mode: 'insecure' },
      repositoryPort: 8006,
      repositoryPath: '/ogrepository/v1',
      repositoryScheme: 'http',
      repositoryConnectTo: [],
      repositoryNetworks: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
      repositorySyncMinutes: 15,
      logLevel: 'info',
    });
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });

  it('takes empty for not set', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '', AGENT_NETWORKS_FILE: '' })).toEqual(readConfig({}));
  });

  const WRONG = {
    PORT: 'canary-1',
    PUBLIC_URL: 'canary-2',
    DATABASE_URL: 'mysql://root:canary-3@db/oggraph',
    AGENT_PORT: '99999',
    AGENT_CONNECT_TO: 'canary-4',
    AGENT_TLS: 'canary-5',
    AGENT_CA: 'canary-6',
    AGENT_CLIENT_CERTIFICATE: 'canary-21',
    AGENT_CLIENT_KEY: 'canary-22',
    AGENT_NETWORKS: '10.0.0.0/8, canary-7/24',
    AGENT_JOB_DEADLINES: 'canary-15',
    REPOSITORY_PORT: '0',
    REPOSITORY_PATH: 'canary-10',
    REPOSITORY_SCHEME: 'canary-11',
    REPOSITORY_CONNECT_TO: 'canary-12',
    REPOSITORY_NETWORKS: 'canary-13',
    REPOSITORY_SYNC_MINUTES: '10081',
    REPOSITORY_CERT: 'canary-14',
    LOG_LEVEL: 'canary-8',
    QUERY_MAX_COST: '99',
    QUERY_MAX_DEPTH: 'canary-15',
    QUERY_TIMEOUT_MS: '-1',
    QUERY_MAX_CSOT: 'canary-16',
    MUTATIONS_PER_MINUTE: 'canary-17',
    OVERLOAD_DELAY_MS: '1e9',
    PERSISTED_DOCUMENTS: '{"canary-18":"{ a }"}',
    PERSISTED_ONLY: 'canary-19',
    INTROSPECTION: 'canary-20',
    GRAPHIQL: 'true',
    CORS_ORIGINS: 'https://console.example, *',
    AGENT_TSL: 'canary-9',
  };

  it('names every mistake at once, also a name that is not ours', () => {
    expect(named(problemsOf(WRONG))).toEqual(Object.keys(WRONG).toSorted());
  });

  it('names every rule of a list that is wrong', () => {
    const AGENT_JOB_DEADLINES = 'FLY.total=1h, RUN_SCRIPT.total=6h, RUN_SCRIPT.lunch=1h, *.cancel=1s, canary-16';
    expect(problemsOf({ AGENT_JOB_DEADLINES })).toEqual([
      expect.stringMatching(/^AGENT_JOB_DEADLINES: rule 1 names no action; there are \*, DEPLOY_IMAGE/),
      expect.stringMatching(/^AGENT_JOB_DEADLINES: rule 3 names no phase; there are answer, first-report/),
      'AGENT_JOB_DEADLINES: rule 4 must be from 10s to 30d',
      expect.stringMatching(/^AGENT_JOB_DEADLINES: rule 5 must be an action, a dot/),
    ]);
  });

  it('names what is missing beside what is wrong', () => {
    expect(named(problemsOf({ AGENT_TLS: 'ca', PORT: 'wrong' }))).toEqual(['AGENT_CA', 'PORT']);
  });

  it('takes a certificate of its own only with the key that belongs to it', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => generate([{ name: 'commonName', value: 'ogGraph' }])));
    const pair = { AGENT_CLIENT_CERTIFICATE: one?.cert, AGENT_CLIENT_KEY: one?.private };
    expect(readConfig(pair).agentOwnCertificate?.keyPem).toBe(one?.private);
    expect(readConfig({}).agentOwnCertificate).toBeNull();
    expect(problemsOf({ ...pair, AGENT_CLIENT_KEY: other?.private })).toEqual([
      'AGENT_CLIENT_KEY is not the key of AGENT_CLIENT_CERTIFICATE',
    ]);
    expect(problemsOf({ AGENT_CLIENT_KEY: one?.private })).toEqual([
      'AGENT_CLIENT_CERTIFICATE and AGENT_CLIENT_KEY go together',
    ]);
  });

  it.each(Object.keys(WRONG))('never repeats the value of %s', (name) => {
    expect(
      problemsOf(WRONG)
        .filter((problem) => problem.startsWith(name))
        .join('\n'),
    ).not.toContain('canary');
  });

  it.each([
    '*',
    'null',
    'console.example',
    'https://console.example/',
    'https://CONSOLE.example',
    'ftp://console.example',
  ])('takes for an origin only what browsers write for one: not %s', (origin) => {
    expect(named(problemsOf({ CORS_ORIGINS: origin }))).toEqual(['CORS_ORIGINS']);
  });

  it('lets nobody in by the mistake of answering registered documents only, and having none', () => {
    expect(named(problemsOf({ PERSISTED_ONLY: 'on' }))).toEqual(['PERSISTED_DOCUMENTS']);
    expect(readConfig({ CORS_ORIGINS: 'https://a.example, http://b.example:3000' }).guards.corsOrigins).toEqual([
      'https://a.example',
      'http://b.example:3000',
    ]);
  });

  it('reads what is mounted as a file', () => {
    const file = join(folder, 'url');
    writeFileSync(file, 'postgres://oggraph@db/oggraph\n');
    expect(readConfig({ DATABASE_URL_FILE: file }).databaseUrl).toBe('postgres://oggraph@db/oggraph');
    expect(named(problemsOf({ DATABASE_URL_FILE: file, DATABASE_URL: 'postgres://other' }))).toEqual(['DATABASE_URL']);
    expect(problemsOf({ AGENT_CA_FILE: join(folder, 'missing') })).toEqual([
      'AGENT_CA_FILE names a file that cannot be read',
    ]);
  });
});
