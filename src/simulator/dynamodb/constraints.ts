/** The checks that AWS's front end makes on single members of a request, all reported together. */
import { validation } from './errors.ts';

export class Constraints {
  readonly #failures: string[] = [];

  /** Notes a complaint made elsewhere, if there is one. */
  add(complaint: string | undefined): this {
    if (complaint !== undefined) this.#failures.push(complaint);
    return this;
  }

  /** The member must be there. */
  required(member: string, value: unknown): this {
    return this.add(value === undefined ? failure('null', member, 'Member must not be null') : undefined);
  }

  /** The member, where given, must be one of `allowed` (in the order in which AWS lists them). */
  oneOf(member: string, value: string | undefined, allowed: readonly string[]): this {
    if (value === undefined || allowed.includes(value)) return this;
    return this.add(failure(`'${value}'`, member, `Member must satisfy enum value set: [${allowed.join(', ')}]`));
  }

  /** The number, where given, must lie within the bounds. */
  within(member: string, value: number | undefined, minimum: number, maximum?: number): this {
    if (value === undefined) return this;
    if (value < minimum) {
      return this.add(failure(`'${value}'`, member, `Member must have value greater than or equal to ${minimum}`));
    }
    if (maximum === undefined || value <= maximum) return this;
    return this.add(failure(`'${value}'`, member, `Member must have value less than or equal to ${maximum}`));
  }

  /** The list or text, where given, must have a length within the bounds; `shown` is how AWS echoes it. */
  length(
    member: string,
    value: { readonly length: number } | undefined,
    bounds: readonly [number, number],
    shown: string,
  ): this {
    if (value === undefined) return this;
    const [minimum, maximum] = bounds;
    if (value.length < minimum) {
      return this.add(failure(`'${shown}'`, member, `Member must have length greater than or equal to ${minimum}`));
    }
    if (value.length <= maximum) return this;
    return this.add(failure(`'${shown}'`, member, `Member must have length less than or equal to ${maximum}`));
  }

  /** Throws one `ValidationException` for everything noted; does nothing when nothing was. */
  raise(): void {
    const count = this.#failures.length;
    if (count === 0) return;
    throw validation(`${count} validation error${count > 1 ? 's' : ''} detected: ${this.#failures.join('; ')}`);
  }
}

function failure(shown: string, member: string, constraint: string): string {
  return `Value ${shown} at '${member}' failed to satisfy constraint: ${constraint}`;
}

/** The values of ReturnConsumedCapacity in AWS's order. */
export const capacityLevels = ['INDEXES', 'TOTAL', 'NONE'] as const;
/** The values of ReturnItemCollectionMetrics in AWS's order. */
export const metricLevels = ['SIZE', 'NONE'] as const;
/** The values of ReturnValuesOnConditionCheckFailure in AWS's order. */
export const failureValues = ['ALL_OLD', 'NONE'] as const;
