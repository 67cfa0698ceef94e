import { describe, expect, it } from 'vitest';
import { createAddressPolicy } from '#agent/allowed-networks.ts';
import { parseConnectTo, resolveConnectTo } from '#agent/connect-to.ts';
import { TARGET, startAgent, answer, reset, createGateway } from '#test/support/fake-agent.ts';

describe('jobs in hand', () => {
  it.each<[status: number, body: string, expected: object]>([
    [200, '{"jobs":[]}', { outcome: 'jobs', jobIds: [] }],
    [200, '{"jobs":["a","b"],"status":"busy"}', { outcome: 'jobs', jobIds: ['a', 'b'] }],
    [200, '{"running":[{"job_id":"a","since":7}]}', { outcome: 'jobs', jobIds: ['a'] }],
    [200, '{"jobs":"none","running":["a"]}', { outcome: 'jobs', jobIds: ['a'] }],
    [200, '{"jobs":["a",{"id":7}]}', { outcome: 'unsupported' }],
    [200, '{"jobs":["a\\u0000"]}', { outcome: 'unsupported' }],
    [200, '{"status":"oglive"}', { outcome: 'unsupported' }],
    [200, 'null', { outcome: 'unsupported' }],
    [200, 'OK', { outcome: 'unsupported' }],
    [404, '{"jobs":[]}', { outcome: 'unsupported' }],
    [500, '{"error":"unknown action"}', { outcome: 'unsupported' }],
  ])('%i %s', async (status, body, expected) => {
    const agent = await startAgent(answer(status, body));
    expect(await createGateway(agent.port).listJobs(TARGET)).toEqual(expected);
    expect(agent.received).toEqual([
      {
        head: expect.stringMatching(/^POST \/CloningEngine\/status HTTP\/1\.1\r\nhost: 192\.168\.2\.3:8000\r\n/),
        body: '{}',
      },
    ]);
  });

  it('a lost answer is unreachable', async () => {
    const agent = await startAgent(reset);
    expect(await createGateway(agent.port).listJobs(TARGET)).toEqual({
      outcome: 'unreachable',
      refused: true,
      timedOut: false,
      message: 'The agent did not answer: connection reset.',
    });
  });
});

describe('addresses', () => {
  it.each<[networks: string[], ip: string, allowed: boolean]>([
    [['192.168.2.0/24'], '192.168.2.3', true],
    [['10.0.0.0/8', '192.168.2.0/24'], '10.1.2.3', true],
    [['192.168.2.3/32'], '192.168.2.3', true],
    [['192.168.2.0/24'], '192.168.3.3', false],
    [[], '192.168.2.3', false],
    [['0.0.0.0/0'], '8.8.8.8', true],
    [['0.0.0.0/0'], '127.0.0.1', false],
    [['126.0.0.0/7'], '127.0.0.1', false],
    [['127.0.0.0/7'], '127.0.0.1', false],
    [['127.0.0.0/8'], '127.0.0.1', true],
    [['127.10.0.0/16'], '127.10.3.4', true],
    [['127.10.0.0/16'], '127.0.0.1', false],
    [['0.0.0.0/0'], '0.0.0.0', false],
    [['0.0.0.0/0'], '0.1.2.3', false],
    [['224.0.0.0/4'], '224.0.0.1', false],
    [['0.0.0.0/0'], '239.255.255.250', false],
    [['255.255.255.255/32'], '255.255.255.255', false],
    [['169.254.0.0/16'], '169.254.169.254', false],
    [['127.0.0.0/8'], '127.1', false],
    [['127.0.0.0/8'], '2130706433', false],
    [['127.0.0.0/8'], '0x7f.0.0.1', false],
    [['127.0.0.0/8'], '0177.0.0.1', false],
    [['0.0.0.0/0'], '192.168.002.003', false],
    [['0.0.0.0/0'], ' 192.168.2.3', false],
    [['0.0.0.0/0'], '192.168.2.3\n', false],
    [['0.0.0.0/0'], '192.168.2.3.', false],
    [['0.0.0.0/0'], '192.168.2.3:8000', false],
    [['0.0.0.0/0'], '192.168.2.3/24', false],
    [['0.0.0.0/0'], '192.168.2.256', false],
    [['0.0.0.0/0'], '１９２.168.2.3', false],
    [['0.0.0.0/0'], '::1', false],
    [['0.0.0.0/0'], '::ffff:192.168.2.3', false],
    [['0.0.0.0/0'], '64:ff9b::c0a8:203', false],
    [['0.0.0.0/0'], 'localhost', false],
    [['0.0.0.0/0'], '', false],
  ])('networks %j, address %j: %s', (networks, ip, allowed) => {
    expect(createAddressPolicy(networks)(ip)).toBe(allowed);
  });

  it.each([
    '192.168.2.0',
    '192.168.2.0/33',
    '192.168.2.0/',
    '192.168.2.0/08',
    '192.168/16',
    '10.0.0.0/8/8',
    'fe80::/10',
    '',
  ])('refuses the network %j', (cidr) => {
    expect(() => createAddressPolicy(['10.0.0.0/8', cidr])).toThrow(`"${cidr}" is not an IPv4 network`);
  });
});

describe('connect-to', () => {
  it.each<[rules: string, host: string, port: number, endpoint: string]>([
    ['', '192.168.2.3', 8000, '192.168.2.3:8000'],
    ['::127.0.0.1:9000', '192.168.2.3', 8000, '127.0.0.1:9000'],
    ['192.168.2.3:8000:127.0.0.1:9000', '192.168.2.3', 8000, '127.0.0.1:9000'],
    ['192.168.2.3:8000:127.0.0.1:9000', '192.168.2.4', 8000, '192.168.2.4:8000'],
    ['192.168.2.3:8000:127.0.0.1:9000', '192.168.2.3', 8001, '192.168.2.3:8001'],
    ['192.168.2.3::127.0.0.1:', '192.168.2.3', 8000, '127.0.0.1:8000'],
    [':8000::9000', '192.168.2.3', 8000, '192.168.2.3:9000'],
    [':::', '192.168.2.3', 8000, '192.168.2.3:8000'],
    ['192.168.2.3:::9000, ::127.0.0.1:9001', '192.168.2.3', 8000, '192.168.2.3:9000'],
    ['192.168.2.3:::9000, ::127.0.0.1:9001', '192.168.2.4', 8000, '127.0.0.1:9001'],
  ])('%j leads %s:%i to %s', (rules, host, port, endpoint) => {
    const resolved = resolveConnectTo(parseConnectTo(rules), host, port);
    expect(`${resolved.host}:${resolved.port}`).toBe(endpoint);
  });

  it.each([
    '127.0.0.1:9000',
    '::::',
    '::localhost:9000',
    '::127.1:9000',
    '::127.0.0.1:0',
    '::127.0.0.1:65536',
    '::127.0.0.1:09',
    '::127.0.0.1:+9',
    '::[::1]:9000',
  ])('refuses the rule %j by name', (rule) => {
    expect(() => parseConnectTo(`::127.0.0.1:9000,${rule}`)).toThrow(`"${rule}" is not a connect-to rule`);
  });

  it('refuses an empty rule between commas', () => {
    expect(() => parseConnectTo('::127.0.0.1:9000,,')).toThrow('"" is not a connect-to rule');
  });
});
