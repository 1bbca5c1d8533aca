/** The checks that STS's front end makes on single members, all reported together as one `ValidationError`. */
import { AwsError } from '../kernel.ts';

/** A `ValidationError` with exactly this text. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

interface TextRule {
  readonly length: readonly [least: number, most?: number];
  readonly pattern?: { readonly shown: string; readonly matches: RegExp };
}

export class Checks {
  readonly #failures: string[] = [];

  required(member: string, value: unknown): this {
    if (value === undefined) this.#fail('null', member, 'Member must not be null');
    return this;
  }

  /** A text's length and pattern, as far as the published model has them. */
  text(member: string, value: string | undefined, { length: [least, most], pattern }: TextRule): this {
    if (value === undefined) return this;
    const shown = `'${value}'`;
    if (value.length < least) this.#fail(shown, member, `Member must have length greater than or equal to ${least}`);
    if (most !== undefined && value.length > most) {
      this.#fail(shown, member, `Member must have length less than or equal to ${most}`);
    }
    if (pattern !== undefined && !pattern.matches.test(value)) {
      this.#fail(shown, member, `Member must satisfy regular expression pattern: ${pattern.shown}`);
    }
    return this;
  }

  within(member: string, value: number | undefined, least: number, most: number): this {
    if (value === undefined) return this;
    if (value < least) this.#fail(`'${value}'`, member, `Member must have value greater than or equal to ${least}`);
    if (value > most) this.#fail(`'${value}'`, member, `Member must have value less than or equal to ${most}`);
    return this;
  }

  atMost(member: string, list: readonly unknown[] | undefined, most: number): this {
    if (list !== undefined && list.length > most) {
      this.#fail('[...]', member, `Member must have length less than or equal to ${most}`);
    }
    return this;
  }

  /** Throws what failed, if anything did. */
  raise(): void {
    const count = this.#failures.length;
    if (count === 0) return;
    throw validationError(`${count} validation error${count > 1 ? 's' : ''} detected: ${this.#failures.join('; ')}`);
  }

  #fail(shown: string, member: string, constraint: string): void {
    this.#failures.push(`Value ${shown} at '${member}' failed to satisfy constraint: ${constraint}`);
  }
}
