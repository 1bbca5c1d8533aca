/** Makes all stacks of a deployment out of its settings. Nothing is looked up: neither an account nor a network is needed. */
import { App } from 'aws-cdk-lib';
import type { Settings } from './settings.ts';
import { CellStack } from './stacks/cell-stack.ts';
import { ControllerStack } from './stacks/controller-stack.ts';
import { DnsStack } from './stacks/dns-stack.ts';
import { InfraGroupStack } from './stacks/infra-group-stack.ts';
import type { PlacedStack } from './stacks/placed-stack.ts';
import { TablesStack } from './stacks/tables-stack.ts';
import { TierStack } from './stacks/tier-stack.ts';

export interface Deployment {
  readonly app: App;
  /** In the order of deployment: whom a role trusts must exist before it. */
  readonly stacks: readonly PlacedStack[];
}

/** `outdir`: where the assembly is written by `app.synth()`. */
export function makeDeployment(settings: Settings, outdir: string): Deployment {
  const app = new App({ outdir, analyticsReporting: false, treeMetadata: false, stackTraces: false });
  const { tiers, cells, infraGroups } = settings;
  const tierOf = (name: string) => found(tiers, name);
  const stacks: PlacedStack[] = [
    new TablesStack(app, settings),
    new ControllerStack(app, settings),
    ...tiers.map((tier) => new DnsStack(app, settings, tier)),
    ...cells.flatMap((cell) => [
      new TierStack(app, settings, tierOf(cell.tier), cell),
      new CellStack(app, settings, cell),
    ]),
    ...infraGroups.map((group) => {
      const cell = found(cells, group.cell);
      return new InfraGroupStack(app, settings, { group, cell, tier: tierOf(cell.tier) });
    }),
  ];
  return { app, stacks };
}

function found<T extends { readonly name: string }>(all: readonly T[], name: string): T {
  const one = all.find((each) => each.name === name);
  if (one === undefined) throw new Error(`there is no ${name} in the settings`);
  return one;
}
