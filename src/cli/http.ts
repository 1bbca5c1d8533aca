/** Asking the controller. */
import { CliError } from './errors.ts';
import type { CliHost } from './host.ts';
import type { HttpSettings } from './programs.ts';

/** A plan reads AWS where its snapshots are too old, which may take a while. */
const timeoutMs = 120_000;

/** GETs a path and returns the JSON that comes back. `without` is what to run where there is no controller. Throws `CliError` where nothing, or not that, comes back. */
export async function askController(
  host: CliHost,
  settings: HttpSettings,
  path: string,
  without: string,
): Promise<unknown> {
  const url = `http://${hostText(settings.host)}:${settings.port}${path}`;
  const abort = new AbortController();
  const cancel = host.clock.after(timeoutMs, () => abort.abort(new Error(`no answer within ${timeoutMs / 1_000} s`)));
  try {
    const { token } = settings;
    const response = await fetch(url, {
      signal: abort.signal,
      headers: { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    });
    const text = await response.text();
    if (!response.ok) throw refused(url, response.status, { text, without });
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw unreachable(url, error, without);
  } finally {
    cancel();
  }
}

function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function refused(url: string, status: number, { text, without }: { text: string; without: string }): CliError {
  const why = `${url} answered ${status}: ${messageOf(text)}`;
  const hint =
    status === 401 || status === 403
      ? 'give the token: CELLWRIGHT_HTTP_TOKEN_FILE or CELLWRIGHT_HTTP_TOKEN'
      : status === 404
        ? 'check the name: cellwright get KIND lists them'
        : text.includes('"NotLeading"')
          ? `ask the controller that leads (CELLWRIGHT_HTTP names where it is), or do without it: ${without}`
          : 'wait until the controller is ready (its /readyz says why it is not), and ask again';
  return new CliError({ reason: `Http${status}`, what: 'the controller does not answer this', why, hint });
}

function messageOf(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    const error: unknown = typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
    if (typeof error === 'string') return error;
    if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return text.slice(0, 200).trim() || 'nothing';
}

function unreachable(url: string, error: unknown, without: string): CliError {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const text = cause instanceof Error ? cause.message : String(cause);
  return new CliError(
    {
      reason: 'ControllerUnreachable',
      what: 'the controller cannot be asked',
      why: `${url}: ${text === '' ? code : text}`,
      hint: `start one (cellwright controller), name where it is (CELLWRIGHT_HTTP), or do without it: ${without}`,
    },
    { cause: error },
  );
}
