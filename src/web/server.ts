import type { Server } from 'node:http';
import { isIPv6 } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono, type MiddlewareHandler } from 'hono';
import { bearsToken, isLocalHostHeader, isLoopback, neededToken, WebConfigError } from './access.ts';
import { addApi, errorBody, filterOf, healthBody } from './api.ts';
import { contentSecurityPolicy } from './assets.ts';
import { renderPage } from './page.ts';
import type { WebSources } from './sources.ts';

export interface WebServerOptions {
  /** The address to listen on. On any but loopback a token is a must. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** What a caller on another address than loopback has to bear. */
  readonly token?: string;
  /** Told of each request that failed by a fault of ours. */
  readonly onError?: (error: Error) => void;
}

export interface WebServer {
  /** Where it listens: `http://127.0.0.1:9400`. */
  readonly url: string;
  /** Ends at once: connections are closed. */
  close(): Promise<void>;
}

/**
 * Starts probes, metrics, page and API.
 * @throws WebConfigError when the configuration may not be served (see `neededToken`), or the address cannot be listened on.
 */
export async function createWebServer(options: WebServerOptions, sources: WebSources): Promise<WebServer> {
  const token = neededToken(options.host, options.token);
  const app = createWebApp({ token, loopback: isLoopback(options.host), onError: options.onError }, sources);
  // The adaptor makes an HTTP/1 server unless told otherwise.
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  server.maxConnections = 256;
  await listen(server, options);
  return { url: urlOf(server, options.host), close: () => closed(server) };
}

export interface WebAppOptions {
  readonly token: string | undefined;
  readonly loopback: boolean;
  readonly onError?: ((error: Error) => void) | undefined;
}

const probes: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/** The routes, without a socket. */
export function createWebApp(options: WebAppOptions, sources: WebSources): Hono {
  const app = new Hono();
  app.use(headers);
  if (options.loopback) app.use(localOnly);
  if (options.token !== undefined) app.use(tokenNeeded(options.token));
  app.get('/healthz', (context) => {
    const health = sources.health();
    return context.json(healthBody(health), health.ok ? 200 : 503);
  });
  app.get('/readyz', (context) => {
    const ready = sources.ready();
    return context.json(healthBody(ready), ready.ok ? 200 : 503);
  });
  app.get('/metrics', async (context) =>
    context.body(await sources.metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  );
  app.get('/', (context) => {
    const snapshot = sources.snapshot();
    const model = { snapshot, ready: sources.ready(), activity: sources.activity(), filter: filterOf(context) };
    return context.html(renderPage(model), 200, { 'content-security-policy': contentSecurityPolicy });
  });
  addApi(app, sources);
  app.all('*', (context) => {
    if (context.req.method === 'GET' || context.req.method === 'HEAD')
      return context.json(
        errorBody('NotFound', 'there is nothing at this path', 'see /, /metrics and /api/status'),
        404,
      );
    const message = 'records are changed in the desired table, not here';
    return context.json(errorBody('MethodNotAllowed', message), 405, { allow: 'GET, HEAD' });
  });
  app.onError((error, context) => {
    options.onError?.(error);
    return context.json(errorBody('Failed', error.message), 500);
  });
  return app;
}

const headers: MiddlewareHandler = async (context, next) => {
  await next();
  context.header('x-content-type-options', 'nosniff');
  context.header('referrer-policy', 'no-referrer');
  context.header('cross-origin-resource-policy', 'same-origin');
  context.header('cache-control', 'no-store');
};

/** A browser on this machine must not be made to ask here on behalf of somebody else's page. */
const localOnly: MiddlewareHandler = async (context, next) => {
  if (!isLocalHostHeader(context.req.header('host'))) {
    const message = 'the Host header does not name this machine';
    return context.json(errorBody('WrongHost', message, 'ask for localhost, 127.0.0.1 or [::1]'), 421);
  }
  if (context.req.header('sec-fetch-site') === 'cross-site' && context.req.path !== '/')
    return context.json(errorBody('CrossSite', 'requests that another site causes are refused'), 403);
  return next();
};

function tokenNeeded(token: string): MiddlewareHandler {
  return async (context, next) => {
    if (probes.has(context.req.path) || bearsToken(context.req.header('authorization'), token)) return next();
    const message = 'this address asks for the bearer token of CELLWRIGHT_HTTP_TOKEN_FILE or CELLWRIGHT_HTTP_TOKEN';
    return context.json(errorBody('Unauthorized', message), 401, { 'www-authenticate': 'Bearer' });
  };
}

function listen(server: Server, { host, port }: WebServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      const message = `CELLWRIGHT_HTTP ${host}:${port} cannot be listened on: ${error.message}. Free it or name another address`;
      reject(new WebConfigError(message, { cause: error }));
    };
    server.once('error', failed);
    server.listen(port, bare(host), () => {
      server.off('error', failed);
      resolve();
    });
  });
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const name = bare(host);
  return `http://${isIPv6(name) ? `[${name}]` : name}:${port}`;
}

function bare(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
