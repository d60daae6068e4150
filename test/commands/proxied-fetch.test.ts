import { type Server, createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { goesDirect, proxiedFetch } from '../../src/commands/proxied-fetch.ts';
import { ConfigError } from '../../src/errors.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A server that tells which header it was sent, and a proxy that tells of whom it was asked. */
async function surroundings() {
  const seen: { host: string; credentials: string | undefined }[] = [];
  const target = await listening(createServer((request, response) => response.end(`reached with ${request.headers.authorization}`)));
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    seen.push({ host: request.url!, credentials: request.headers['proxy-authorization'] });
    const onward = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const [one, other] of [[socket, onward], [onward, socket]] as const) one.on('error', () => other.destroy());
  });
  return { seen, target, proxy: await listening(proxy) };
}

describe('proxiedFetch', () => {
  it('goes by way of the proxy, which resolves the name, with the credentials of its URL', async () => {
    const { seen, proxy } = await surroundings();
    const fetch = proxiedFetch({ HTTP_PROXY: `http://me:secret@127.0.0.1:${proxy}` }, globalThis.fetch);
    const reply = await fetch('http://hub.invalid/file', { headers: new Headers({ authorization: 'Bearer t' }), redirect: 'manual', signal: new AbortController().signal });
    expect([reply.status, await reply.text()]).toEqual([200, 'reached with Bearer t']);
    expect(seen).toEqual([{ host: 'hub.invalid:80', credentials: `Basic ${Buffer.from('me:secret').toString('base64')}` }]);
  });

  it('asks directly whoever NO_PROXY names, and where no proxy is named for the protocol', async () => {
    const { seen, target, proxy } = await surroundings();
    const url = `http://127.0.0.1:${target}/`;
    for (const env of [{ http_proxy: `http://127.0.0.1:${proxy}`, no_proxy: '127.0.0.1' }, { HTTPS_PROXY: `http://127.0.0.1:${proxy}` }]) {
      expect(await (await proxiedFetch(env, globalThis.fetch)(url)).text()).toBe('reached with undefined');
    }
    expect(seen).toEqual([]);
  });

  it('is the fetch it was given where the environment names no proxy', () => {
    expect(proxiedFetch({ HTTP_PROXY: '', NO_PROXY: '*' }, globalThis.fetch)).toBe(globalThis.fetch);
  });

  it('takes the lower-case spelling first', async () => {
    const { seen, proxy } = await surroundings();
    await proxiedFetch({ http_proxy: `http://127.0.0.1:${proxy}`, HTTP_PROXY: 'http://127.0.0.1:9' }, globalThis.fetch)('http://hub.invalid/');
    expect(seen).toHaveLength(1);
  });

  it.each(['proxy.example.com:3128', 'socks5://me:secret@127.0.0.1:1080'])('refuses %s, and names the variable without its value', (value) => {
    const refused = () => proxiedFetch({ HTTPS_PROXY: value }, globalThis.fetch);
    expect(refused).toThrow(ConfigError);
    expect(refused).toThrow(/^HTTPS_PROXY is to be an http or https URL, such as/);
  });

  it('tells that a proxy cannot be reached', async () => {
    await expect(proxiedFetch({ HTTP_PROXY: 'http://127.0.0.1:9' }, globalThis.fetch)('http://hub.invalid/')).rejects.toThrow('fetch failed');
  });
});

describe('goesDirect', () => {
  it.each([
    ['example.com', 'https://example.com/', true],
    ['example.com', 'https://hub.example.com/', true],
    ['.example.com', 'https://hub.example.com/', true],
    ['*.example.com', 'https://hub.example.com/', true],
    ['Example.COM', 'https://example.com/', true],
    ['example.com', 'https://badexample.com/', false],
    ['other.com example.com', 'https://example.com/', true],
    ['other.com, example.com', 'https://example.com/', true],
    ['example.com:8443', 'https://example.com:8443/', true],
    ['example.com:443', 'https://example.com/', true],
    ['example.com:8443', 'https://example.com/', false],
    ['*', 'https://example.com/', true],
    ['', 'https://example.com/', false],
  ])('%j and %s: %s', (noProxy, url, direct) => {
    expect(goesDirect(noProxy, new URL(url))).toBe(direct);
  });
});
