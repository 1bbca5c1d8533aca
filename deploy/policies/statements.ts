/** Statements out of declarations: what only a deployment knows is put in the place of `{...}`. */
import type { IamConditions, IamRole } from '../../src/model/iam.ts';
import type { PolicyStatement } from './documents.ts';
import { scopesOf } from './needs.ts';

/** By placeholder. A list makes one resource, or one value of a condition, of each of its members. */
export type Values = Readonly<Record<string, string | readonly string[]>>;

/** All statements of a role. One that would be on nothing (a cell without infra groups) is left out. Throws for a placeholder without a value. */
export function statementsOf(
  role: IamRole,
  values: Values,
  options: { readonly adoption?: boolean | undefined } = {},
): readonly PolicyStatement[] {
  return scopesOf(role).flatMap(({ scope, actions }): PolicyStatement[] => {
    if (scope.adoption === true && options.adoption !== true) return [];
    const Resource = scope.resources.flatMap((resource) => fill(resource, values));
    if (Resource.length === 0) return [];
    const Condition = scope.when === undefined ? {} : { Condition: fillConditions(scope.when, values) };
    return [{ Sid: scope.sid, Effect: 'Allow', Action: actions, Resource, ...Condition }];
  });
}

function fillConditions(conditions: IamConditions, values: Values): IamConditions {
  return Object.fromEntries(
    Object.entries(conditions).map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        Object.entries(keys).map(([key, value]) => {
          const filled = [value].flat().flatMap((one) => fill(one, values));
          return [key, filled.length === 1 ? (filled[0] ?? '') : filled];
        }),
      ),
    ]),
  );
}

/** `text` with every placeholder replaced; more than one text where a list stands for one. */
export function fill(text: string, values: Values): readonly string[] {
  const found = /\{(\w+)\}/.exec(text);
  const [placeholder, name] = found ?? [];
  if (placeholder === undefined || name === undefined) return [text];
  const value = values[name];
  if (value === undefined) throw new Error(`nothing is given for ${placeholder} in ${text}`);
  return [value].flat().flatMap((one) =>
    fill(
      text.replace(placeholder, () => one),
      values,
    ),
  );
}
