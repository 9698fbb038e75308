import { generateOperatorKeys, operatorBundle } from './operator.js';
import { knowsSyncInterval, serverConfig } from './server-config.js';

describe('the server configuration', () => {
  it.each([
    ['nats-server: v2.9.10', false],
    ['nats-server: v2.10.0', true],
    ['nats-server: v2.12.1-RC.1', true],
    ['nats-server: v3.0.0', true],
  ])('knows what %s understands', (version, expected) => {
    expect(knowsSyncInterval(version)).toBe(expected);
  });

  it('refuses what is no version', () => {
    expect(() => knowsSyncInterval('bash: not found')).toThrow();
  });

  it('writes sync_interval only for servers that know it', async () => {
    const bundle = await operatorBundle(generateOperatorKeys());
    const options = { bundle, port: 4222, jwtFolder: '/j', storeFolder: '/s "x"' };
    expect(serverConfig({ ...options, version: 'v2.9.10' })).not.toContain('sync_interval');
    expect(serverConfig({ ...options, version: 'v2.11.0' })).toContain('sync_interval: always');
    expect(serverConfig({ ...options, version: 'v2.11.0' })).toContain('"/s \\"x\\""');
  });
});
