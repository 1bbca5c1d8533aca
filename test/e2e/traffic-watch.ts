import type { FaultInjector } from '../../src/simulator/faults.ts';
import type { Call } from '../../src/simulator/kernel.ts';
import type { Installation } from '../support/installation.ts';

/** A name, and whose it is. */
export interface Address {
  readonly tenant: string;
  readonly host: string;
  readonly path?: string;
}

const readPattern = /^(Describe|List|Get|Query|Scan|Batch|Assume)/;

/**
 * Looks at what requests to these names get after every AWS call that changes something, by answers that resolvers may still hold too: each is served, and by the tenant's own tasks. It is an
 * injector of faults that injects none, unless a test gives it one.
 */
export class TrafficWatch implements FaultInjector {
  readonly #run: Installation;
  readonly #addresses: readonly Address[];
  readonly #complaints: string[] = [];
  /** Whether a broken answer counts (a task that a test fails breaks some; nobody else's answer ever may). */
  strict = true;
  looks = 0;
  /** Asked after every call that changes something, before the next one. */
  onChange: ((call: Call) => void) | undefined;

  constructor(run: Installation, addresses: readonly Address[]) {
    this.#run = run;
    this.#addresses = addresses;
    run.aws.faults = this;
  }

  complaints(): readonly string[] {
    return this.#complaints.slice(0, 5);
  }

  before(call: Call) {
    if (!readPattern.test(call.operation) && !call.service.startsWith('dynamodb')) this.onChange?.(call);
    return undefined;
  }

  after(call: Call) {
    if (readPattern.test(call.operation)) return undefined;
    this.looks += 1;
    const when = `${new Date(call.now).toISOString()} after ${call.operation}`;
    for (const address of this.#addresses) this.#look(address, when);
    return undefined;
  }

  #look({ tenant, host, path = '/' }: Address, when: string): void {
    const { answers } = this.#run.routeHeld(host, path);
    for (const answer of answers) {
      if (answer.tenant !== null && answer.tenant !== tenant)
        this.#say(`${when}: ${host} is answered by ${answer.tenant}`);
    }
    if (!this.strict) {
      if (!answers.some((answer) => answer.share > 0 && answer.status === 200))
        this.#say(`${when}: nobody answers ${host}`);
      return;
    }
    const unserved = answers.filter((answer) => answer.status !== 200);
    if (answers.every((answer) => answer.share === 0)) this.#say(`${when}: ${host} leads nowhere`);
    for (const { status, loadBalancer } of unserved) this.#say(`${when}: ${host} gets ${status} by ${loadBalancer}`);
  }

  #say(text: string): void {
    this.#complaints.push(text);
  }
}
