import { execFile } from 'node:child_process';

/** What a run of the `aws` CLI left behind. */
export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** An error of AWS's, as the CLI shows it to its user. */
export interface Refusal {
  readonly code: string;
  readonly operation: string;
  readonly message: string;
}

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The `aws` CLI, version 1 or 2, pointed at an endpoint, with one account's keys and no configuration of its own. */
export class AwsCli {
  readonly #endpoint: string;
  readonly #keys: Keys;

  constructor(endpoint: string, keys: Keys) {
    this.#endpoint = endpoint;
    this.#keys = keys;
  }

  /** The CLI of an account: the simulator reads it from the access key id. */
  static of(endpoint: string, account: string): AwsCli {
    return new AwsCli(endpoint, { accessKeyId: account, secretAccessKey: 'conformance' });
  }

  /** The same CLI with other keys. */
  as(keys: Keys): AwsCli {
    return new AwsCli(this.#endpoint, keys);
  }

  run(args: readonly string[]): Promise<CliRun> {
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      AWS_ENDPOINT_URL: this.#endpoint,
      AWS_ACCESS_KEY_ID: this.#keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.#keys.secretAccessKey,
      ...(this.#keys.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: this.#keys.sessionToken }),
      // Version 1 reads only the second of the two.
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_PAGER: '',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    return new Promise((resolve, reject) => {
      execFile('aws', [...args], { env, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
        if (error !== null && typeof error.code !== 'number') reject(new Error(`aws did not run: ${error.message}`));
        else resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
      });
    });
  }

  /** Runs what must succeed; its answer as JSON, undefined where there is none. */
  async json(...args: string[]): Promise<unknown> {
    const out = await this.#succeed([...args, '--output', 'json']);
    return out.trim() === '' ? undefined : (JSON.parse(out) as unknown);
  }

  /** What a JMESPath expression picks from the answer, as text; lists are parted by tabs. */
  async text(query: string, ...args: string[]): Promise<string> {
    return (await this.#succeed([...args, '--query', query, '--output', 'text'])).trim();
  }

  /** Runs what AWS must refuse; rejects when it does not, or when the CLI itself did, before asking. */
  async refused(...args: string[]): Promise<Refusal> {
    const { code, err } = await this.run(args);
    const [, name, operation, message] =
      /An error occurred \((\S+)\) when calling the (\S+) operation[^:]*: ([\s\S]*)/.exec(err) ?? [];
    if (code === 0 || name === undefined || operation === undefined || message === undefined)
      throw new Error(`aws ${args.join(' ')} ended with ${code}, expected an error of AWS's; stderr: ${err}`);
    return { code: name, operation, message: message.trim() };
  }

  async #succeed(args: readonly string[]): Promise<string> {
    const { code, out, err } = await this.run(args);
    if (code !== 0) throw new Error(`aws ${args.join(' ')} ended with ${code}: ${err}`);
    return out;
  }
}
