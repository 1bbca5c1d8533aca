/** Errors as users meet them: what failed, why, and what to do. */
import { CallError, type ErrorClass } from '../model/errors.ts';
import { Interrupted } from './host.ts';

/** Exit codes of every command. */
export const exitCodes = { yes: 0, no: 1, unanswered: 2, interrupted: 130 } as const;

/** The three lines of an error. */
export interface Trouble {
  /** CamelCase, for programs. */
  readonly reason: string;
  readonly what: string;
  readonly why: string;
  readonly hint: string;
  /** More for programs, beside the three in the JSON form. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A command that could not answer, or whose answer is no. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly trouble: Trouble;
  readonly exitCode: number;
  constructor(trouble: Trouble, options: { exitCode?: number; cause?: unknown } = {}) {
    super(`${trouble.what}: ${trouble.why}`, { cause: options.cause });
    this.trouble = trouble;
    this.exitCode = options.exitCode ?? exitCodes.unanswered;
  }
}

/** The exit code that a thrown value leads to. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return exitCodes.interrupted;
  return error instanceof CliError ? error.exitCode : exitCodes.unanswered;
}

/** Puts any thrown value into the three lines. `command` is what the user asked for, for the first of them. */
export function troubleOf(error: unknown, command: string): Trouble {
  if (error instanceof CliError) return error.trouble;
  const what = command === '' ? 'the command failed' : `${command} failed`;
  if (error instanceof CallError) return callTrouble(error, what);
  if (error instanceof Error) {
    const known = troubleByName[error.name];
    if (known !== undefined) return { what, why: error.message, ...known };
  }
  const why = error instanceof Error ? error.message : String(error);
  return { reason: 'Unexpected', what, why, hint: 'run it again with --verbose and report what it says' };
}

/** Errors of parts that are told by name, as loading those parts here would slow down every command. */
const troubleByName: Readonly<Record<string, Pick<Trouble, 'reason' | 'hint'>>> = {
  InstallationError: { reason: 'Installation', hint: 'look at the two tables and their tags' },
  FleetFileError: {
    reason: 'FleetFile',
    hint: 'put right what is named above; cellwright explain KIND lists the fields',
  },
  QuestionError: { reason: 'NotFound', hint: 'see what there is: cellwright get KIND' },
  RolesFileError: {
    reason: 'RolesFile',
    hint: 'put right what is named above; docs/guides/simulator.md says what is simulated of IAM',
  },
  FaultPlanError: {
    reason: 'FaultPlan',
    hint: 'put right what is named above; docs/guides/simulator.md has the fields',
  },
};

function callTrouble(error: CallError, what: string): Trouble {
  const request = error.requestId === undefined ? '' : ` (request ${error.requestId})`;
  return { reason: error.code, what, why: `${firstLine(error.message)}${request}`, hint: remedyOf(error) };
}

const remedyByCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'check AWS_ENDPOINT_URL and AWS_REGION; the simulated AWS is started with: cellwright sim',
  ENOTFOUND: 'check AWS_ENDPOINT_URL and AWS_REGION; the simulated AWS is started with: cellwright sim',
  ResourceNotFoundException:
    'make the tables (cellwright init), or name the right ones (CELLWRIGHT_DESIRED_TABLE, CELLWRIGHT_STATE_TABLE) in the right account and Region',
};

const again = 'run it again; nothing is lost by that';
const remedyByClass: Readonly<Partial<Record<ErrorClass, string>>> = {
  throttled: again,
  transient: again,
  unknown_result: again,
  conflict: 'somebody else changed it at the same time: look at it and run it again',
};

function remedyOf(error: CallError): string {
  if (/Region is missing/.test(error.message)) return 'set AWS_REGION, or a profile that has a region (AWS_PROFILE)';
  if (error.class === 'denied') {
    return `check the credentials (aws sts get-caller-identity) and that they allow dynamodb:${error.operation}`;
  }
  return remedyByCode[error.code] ?? remedyByClass[error.class] ?? 'put right what is named above and run it again';
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
