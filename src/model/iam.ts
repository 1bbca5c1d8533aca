/**
 * What the product needs of IAM, as data: each action beside the code that calls it, with the reason and with what it is limited to. Policies are made from these (deploy/policies), the page of roles is
 * written from them (docs/explanation/iam.md), and the test suite proves them against what was really called. Which actions have resource-level rights and which condition keys they take: AWS's Service
 * Authorization Reference, read in 2026-09.
 */
import { marks } from './names.ts';

/** Who calls: one of a cell's three roles, the role of a zone, or the controller itself. */
export type IamRole = 'observe' | 'apply' | 'reap' | 'dns' | 'controller';

/** Operator, key, values; as in a policy. */
export type IamConditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/**
 * What an action is limited to. `{...}` in resources and values stands for what only a deployment knows: `partition`, `installation`, `account`, `region`; and lists, of which each value makes a resource of its own:
 * `listener`, `rule`, `vpc`, `subnet`, `securityGroup`, `passable`, `assumable`, `recordName`. A zone's role knows its `zone` and `fence`, the controller its `desiredTable` and `stateTable`.
 */
export interface IamScope {
  /** Statement id: letters and digits, one for each scope. */
  readonly sid: string;
  readonly resources: readonly string[];
  readonly when?: IamConditions;
  /** What it means, in words that follow "on". */
  readonly words: string;
  /** Only where adoption is switched on: it reaches what does not bear our mark. */
  readonly adoption?: true;
}

/** An IAM action that is called, and why. */
export interface IamNeed {
  readonly action: string;
  readonly role: IamRole;
  readonly why: string;
  /** All that it is allowed on; each makes a statement, shared with others of the same scope and role. */
  readonly on: readonly IamScope[];
  /** No call of its own: AWS asks for it in these calls. */
  readonly within?: readonly string[];
}

const installationTag = `/${marks.installation}`;

/** What is created bears our mark from the creating call on. */
export const requested: IamConditions = { StringEquals: { [`aws:RequestTag${installationTag}`]: '{installation}' } };

/** What is changed or removed bears our mark. */
export const marked: IamConditions = { StringEquals: { [`aws:ResourceTag${installationTag}`]: '{installation}' } };

/** What bears nobody's mark. */
export const unmarked: IamConditions = { Null: { [`aws:ResourceTag${installationTag}`]: 'true' } };

/** What bears ours, or nobody's (what is being created bears none yet). */
export const markedOrNew: IamConditions = {
  StringEqualsIfExists: { [`aws:ResourceTag${installationTag}`]: '{installation}' },
};

/** All of them at once. Throws where two name the same operator and key: one would be lost. */
export function allOf(...conditions: readonly IamConditions[]): IamConditions {
  const merged: Record<string, Record<string, string | readonly string[]>> = {};
  for (const condition of conditions) {
    for (const [operator, keys] of Object.entries(condition)) {
      const block = (merged[operator] ??= {});
      for (const [key, value] of Object.entries(keys)) {
        if (block[key] !== undefined) throw new Error(`${operator} of ${key} is given twice`);
        block[key] = value;
      }
    }
  }
  return merged;
}

/** Reads for which AWS offers no resource-level rights. */
export const everything: IamScope = { sid: 'All', resources: ['*'], words: 'everything in the account' };
