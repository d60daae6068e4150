/**
 * `fetch` by way of the proxy that the environment names, as curl and huggingface_hub go: HTTPS_PROXY for https, HTTP_PROXY for http,
 * NO_PROXY for hosts that are asked directly; the lower-case spelling first. Node's own fetch looks at none of them before Node 24.
 */
import type { Dispatcher } from 'undici';
import type { Environment } from '../../models/weights/hub-cache.ts';
import { ConfigError } from '../errors.ts';

function setting(env: Environment, name: string): string | undefined {
  return env[name.toLowerCase()] || env[name] || undefined;
}

/** Names its variable alone where it is no URL: it may hold a password. */
function proxyOf(env: Environment, name: string): string | undefined {
  const value = setting(env, name);
  if (value !== undefined && !(URL.canParse(value) && /^https?:$/.test(new URL(value).protocol))) throw new ConfigError(name, `${name} is to be an http or https URL, such as http://proxy.example.com:3128.`);
  return value;
}

/** `example.com` covers its subdomains too, as `.example.com` and `*.example.com` do; `host:port` that port alone; `*` all (curl's manual, NO_PROXY). */
export function goesDirect(noProxy: string, { protocol, hostname, port }: URL): boolean {
  const at = port || (protocol === 'https:' ? '443' : '80');
  return noProxy.toLowerCase().split(/[\s,]+/).filter(Boolean).some((entry) => {
    const [, name, only] = /^(.*?)(?::(\d+))?$/.exec(entry)!;
    const domain = name!.replace(/^\*?\./, '');
    return name === '*' || ((only === undefined || only === at) && (hostname === domain || hostname.endsWith(`.${domain}`)));
  });
}

/** `direct` itself where the environment names no proxy. Throws ConfigError where it names one that is no URL. */
export function proxiedFetch(env: Environment, direct: typeof fetch): typeof fetch {
  const proxies: Readonly<Record<string, string | undefined>> = { 'http:': proxyOf(env, 'HTTP_PROXY'), 'https:': proxyOf(env, 'HTTPS_PROXY') };
  if (Object.values(proxies).every((proxy) => proxy === undefined)) return direct;
  const noProxy = setting(env, 'NO_PROXY') ?? '';
  const agents = new Map<string, Dispatcher>();
  const through = async (input: string | URL, init?: RequestInit): Promise<Response> => {
    const url = new URL(input);
    const proxy = proxies[url.protocol];
    if (proxy === undefined || goesDirect(noProxy, url)) return direct(url, init);
    const undici = await import('undici');
    const dispatcher = agents.get(proxy) ?? new undici.ProxyAgent(proxy);
    agents.set(proxy, dispatcher);
    // undici's own types of what is the same at run time.
    return (await undici.fetch(url, { ...(init as object), dispatcher })) as unknown as Response;
  };
  return through as typeof fetch;
}
