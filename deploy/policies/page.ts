/** The tables of docs/explanation/iam.md, made from the declarations. */
import type { IamConditions, IamNeed, IamRole, IamScope } from '../../src/model/iam.ts';
import { needs, scopesOf } from './needs.ts';

/** The page with its tables as the declarations say now. What stands between `<!-- table: NAME -->` and `<!-- end -->` is replaced. Throws for a name that no table has. */
export function withTables(page: string): string {
  return page.replace(
    /(<!-- table: (.+?) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => {
      const table = tables[name];
      if (table === undefined)
        throw new Error(`there is no table ${name}; there are ${Object.keys(tables).join(', ')}`);
      return `${begin}\n${table()}\n\n${end}`;
    },
  );
}

const roles: readonly IamRole[] = ['observe', 'apply', 'reap', 'dns', 'controller'];

const tables: Readonly<Record<string, () => string>> = {
  ...Object.fromEntries(roles.map((role) => [`${role} actions`, () => actionTable(role)])),
  ...Object.fromEntries(roles.map((role) => [`${role} statements`, () => statementTable(role)])),
  'any resource': openTable,
};

function actionTable(role: IamRole): string {
  const own = needs.filter((need) => need.role === role);
  const actions = [...new Set(own.map(({ action }) => action))].sort();
  return tableOf(
    ['action', 'why', 'statements'],
    actions.map((action) => {
      const all = own.filter((need) => need.action === action);
      const sids = new Set(all.flatMap(({ on }) => on.map(({ sid }) => sid)));
      return [code(action), [...new Set(all.map(reason))].join('; '), [...sids].map(code).join(', ')];
    }),
  );
}

function reason({ why, within }: IamNeed): string {
  return within === undefined ? why : `${why} (asked for in ${within.map(code).join(', ')})`;
}

function statementTable(role: IamRole): string {
  return tableOf(
    ['statement', 'on', 'resources', 'where'],
    scopesOf(role).map(({ scope }) => [
      code(scope.sid) + (scope.adoption === true ? ' (adoption)' : ''),
      scope.words,
      resources(scope),
      conditions(scope.when),
    ]),
  );
}

/** Actions that are allowed on `*`, whatever the reason. */
function openTable(): string {
  const open = roles.flatMap((role) =>
    scopesOf(role)
      .filter(({ scope }) => scope.resources.includes('*'))
      .flatMap(({ scope, actions }) => actions.map((action) => [code(action), role, conditions(scope.when)])),
  );
  return tableOf(['action', 'role', 'limited by'], open);
}

function resources({ resources: all }: IamScope): string {
  const shown = all.map((one) => one.replace('arn:{partition}:', '').replace(':{region}:{account}:', ':'));
  return shown.map(code).join('<br>');
}

const operators: Readonly<Record<string, string>> = {
  StringEquals: 'is',
  StringEqualsIfExists: 'is, if there is one,',
  StringLike: 'is like',
  ArnLike: 'is like',
  'ForAllValues:StringEquals': 'are all of',
  'ForAllValues:StringLike': 'are all like',
  'ForAnyValue:StringEquals': 'are among others one of',
};

function conditions(when: IamConditions | undefined): string {
  const parts = Object.entries(when ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => {
      if (operator === 'Null') return `${code(key)} is ${value === 'true' ? 'absent' : 'there'}`;
      return `${code(key)} ${operators[operator] ?? operator} ${[value].flat().map(code).join(', ')}`;
    }),
  );
  return parts.join('<br>');
}

function code(text: string): string {
  return `\`${text.replace('arn:{partition}:', '').replace(':{region}:{account}:', ':')}\``;
}

/** Columns are as wide as their widest cell, as the formatter leaves them. */
function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((cells) => (cells[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
