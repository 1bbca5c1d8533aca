import { endpointIdOf } from '../../model/records/aws-shapes.ts';
import type { AdoptReport, GroupAdoptRequest } from '../../model/reports.ts';
import type { InfraRunDeps } from '../loop/run-deps.ts';
import { ownerOf } from './adopt.ts';
import { adoptableOf } from './group.ts';
import { wirable } from './run.ts';

/** What adopting an endpoint for an infra group would come to now, by the code that does it. Nothing is written. Throws `CallError`. */
export async function groupAdoptReport(deps: InfraRunDeps, request: GroupAdoptRequest): Promise<AdoptReport> {
  const { term, view, infra } = deps;
  const { infraGroup } = request;
  const base = { ...request, at: new Date(term.clock.now()).toISOString(), fields: [] };
  const entry = view.get('InfraGroup', infraGroup);
  const group = view.spec('InfraGroup', infraGroup);
  const cell = view.spec('Cell', group?.cell ?? '');
  if (entry?.present !== true || group === undefined || cell === undefined) {
    const refusal = `infra group ${infraGroup} has no accepted record: cellwright describe infra-group ${infraGroup}`;
    return { ...base, refusal };
  }
  const id = endpointIdOf(request.arn, cell);
  if (id === undefined) {
    const refusal = `expected the id of an interface endpoint (vpce-...), or its ARN in account ${cell.accountId} and Region ${cell.region}, which are the cell's`;
    return { ...base, refusal };
  }
  const refusal = ownerOf(view, infraGroup, id) ?? infra.behind.closed();
  if (refusal !== undefined) return { ...base, kind: 'endpoint', refusal };
  const what = wirable(deps, entry);
  if (!('scope' in what)) {
    const why =
      what.conditions[0]?.message ??
      `neither the tier of cell ${group.cell} names a dependency, nor is an endpoint left of one`;
    return { ...base, kind: 'endpoint', refusal: `the endpoints of the infra group are not looked at now: ${why}` };
  }
  const found = await adoptableOf(term.endpoints, { cell: what.access }, what.scope, id);
  if (found === undefined) return { ...base, kind: 'endpoint', refusal: nothingThere(what.scope) };
  const { dependency, adoptable } = found;
  const waits = what.mode === 'active' ? undefined : `it waits for mode active (now ${what.mode})`;
  const next = [waits, adoptable.then].filter((text) => text !== undefined);
  return {
    ...base,
    kind: 'endpoint',
    dependency,
    found: adoptable.found,
    fields: adoptable.fields,
    ...(adoptable.refusal === undefined ? {} : { refusal: adoptable.refusal }),
    ...(next.length === 0 ? {} : { then: next.join('; ') }),
  };
}

/** What has the mark already, or leads elsewhere, needs no adoption. */
function nothingThere({
  infraGroup,
  network,
  dependencies,
}: {
  infraGroup: string;
  network: { vpcId: string };
  dependencies: readonly { name: string; serviceName: string }[];
}): string {
  const services = dependencies.map(({ name, serviceName }) => `${name}: ${serviceName}`).join(', ');
  const theirs =
    services === '' ? '' : `, or one in ${network.vpcId} to a service that the tier depends upon (${services})`;
  return `only an interface endpoint of the group that lost its mark can be adopted${theirs}. If it is the group's already and bears its mark, there is nothing to adopt (cellwright describe infra-group ${infraGroup})`;
}
