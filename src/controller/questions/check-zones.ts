import type { ZoneAccess } from '../../aws/ports.ts';
import { unreadableFence } from '../../aws/zone-fence.ts';
import type { CheckResult } from '../../model/checks.ts';
import type { ZoneReading } from '../capacity/readings.ts';
import { roleCheck } from './check-cells.ts';
import { noAnswer, not, ok, patiently, rolesAgeMs, skipped } from './check-result.ts';
import type { QuestionDeps } from './question.ts';

interface Deps extends QuestionDeps {
  readonly zone: (tier: string) => Pick<ZoneAccess, 'role'> | undefined;
}

/** The role of a tier's zone, really assumed, and what was read of the zone last time. */
export async function zoneChecks(deps: Deps, name: string): Promise<readonly CheckResult[]> {
  const tier = deps.view.spec('Tier', name);
  if (tier === undefined) return [];
  const about = `tier ${name}, zone ${tier.zone.id}`;
  const role = await zoneRole(deps, name, about);
  const unseen = role.some(({ outcome }) => outcome === 'failed');
  if (unseen && deps.book.zones.get(tier.zone.id)?.ok !== true)
    return [...role, skipped('zone-read', 'its role cannot be assumed', about)];
  return [...role, ...readChecks(deps, { name, ...tier }, about)];
}

async function zoneRole({ zone, clock }: Deps, name: string, about: string): Promise<readonly CheckResult[]> {
  const access = zone(name);
  if (access === undefined) return [];
  const proof = await patiently(
    clock,
    access.role({ maxAgeMs: rolesAgeMs }).then((role) => ({ role })),
  );
  if (proof === undefined) return [not('zone-role', 'unknown', noAnswer, about)];
  if (proof.role === undefined) return [ok('zone-role', "none is named: the controller's own credentials", about)];
  return [roleCheck('zone-role', about, proof.role, false)];
}

interface Tier {
  readonly name: string;
  readonly domain: string;
  readonly zone: { readonly id: string };
}

function readChecks({ book }: Deps, tier: Tier, about: string): readonly CheckResult[] {
  const reading = book.zones.get(tier.zone.id);
  if (reading?.ok === true) {
    const { records, quota } = reading.value;
    const read = ok('zone-read', `${records} of ${quota} records used`, about);
    return [read, ...nameCheck(tier, reading.value, about), fenceCheck(reading.value, about)];
  }
  const found = reading?.message ?? 'not read yet';
  if (reading?.reason === unreadableFence) {
    const remedy =
      'put the record right, or delete it while no controller runs: nothing is written to the zone meanwhile';
    return [ok('zone-read', 'its records can be read', about), not('zone-fence', 'failed', { found, remedy }, about)];
  }
  const remedy = 'see that the zone exists, and that its role may read it: docs/explanation/iam.md';
  return [not('zone-read', 'failed', { found, remedy }, about)];
}

function nameCheck({ name, domain }: Tier, { name: zone }: ZoneReading, about: string): readonly CheckResult[] {
  if (zone === undefined) return [];
  if (domain === zone || domain.endsWith(`.${zone}`)) return [ok('zone-name', `${domain} in ${zone}`, about)];
  const found = `the domain is ${domain}, the zone is ${zone}`;
  const remedy = `write the zone of ${domain} into the record of tier ${name}`;
  return [not('zone-name', 'failed', { found, remedy }, about)];
}

function fenceCheck({ fenceEpoch }: ZoneReading, about: string): CheckResult {
  const found =
    fenceEpoch === 0 ? 'none yet: it is made with the first record' : `last written under epoch ${fenceEpoch}`;
  return ok('zone-fence', found, about);
}
