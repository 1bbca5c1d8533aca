import type { PlaceMode, PlaceState } from './types.ts';
import {
  amount,
  type CellDimension,
  type Dimension,
  dimensionName,
  figure,
  type GroupDimension,
  type ZoneDimension,
} from './vector.ts';

/** A level at which something can stand in the way. */
export type PlaceKind = 'infra-group' | 'cell' | 'zone';

/** Why an infra group cannot take a placement. `need` and `free` are in the dimension's unit (vCPU in CPU units). */
export type Rejection =
  | { readonly code: 'TierMismatch'; readonly wanted: string; readonly found: string }
  | { readonly code: 'NotInPin'; readonly pin: readonly string[] }
  | {
      readonly code: 'NotActive';
      readonly state: Exclude<PlaceState, 'active'>;
      readonly kind: PlaceKind;
      readonly name: string;
    }
  | { readonly code: 'ModeNotActive'; readonly mode: Exclude<PlaceMode, 'active'> }
  | { readonly code: 'NotReady'; readonly kind: PlaceKind; readonly name: string; readonly detail: string }
  | { readonly code: 'ViewIncomplete'; readonly kind: PlaceKind; readonly name: string; readonly detail: string }
  | {
      readonly code: 'QuotaUnknown';
      readonly kind: PlaceKind;
      readonly name: string;
      readonly dimensions: readonly Dimension[];
    }
  | { readonly code: 'DedicatedOccupied' }
  | { readonly code: 'IsolationClass'; readonly tenants: number }
  | { readonly code: 'SpreadConflict'; readonly cell: string }
  | { readonly code: 'AntiAffinity'; readonly label: string; readonly cell: string }
  | {
      readonly code: 'Insufficient';
      readonly dimension: GroupDimension | 'slots';
      readonly need: number;
      readonly free: number;
    }
  | {
      readonly code: 'ParentInsufficient';
      readonly cell: string;
      readonly dimension: CellDimension;
      readonly need: number;
      readonly free: number;
    }
  | {
      readonly code: 'ZoneInsufficient';
      readonly zone: string;
      readonly dimension: ZoneDimension;
      readonly need: number;
      readonly free: number;
    };

export type RejectionCode = Rejection['code'];

/** A rejection for lack of room, as opposed to one of policy or state. */
export type Shortage = Extract<Rejection, { readonly need: number }>;

/** Whether a rejection is for lack of room. */
export function isShortage(rejection: Rejection): rejection is Shortage {
  return 'need' in rejection;
}

/** The levels as people call them. */
export const placeNames: Readonly<Record<PlaceKind, string>> = {
  'infra-group': 'infra group',
  cell: 'cell',
  zone: 'hosted zone',
};

/** A rejection in words, without the name of the infra group. Never names another tenant. */
export function describeRejection(rejection: Rejection): string {
  return isShortage(rejection) ? describeShortage(rejection) : describeRefusal(rejection);
}

function describeRefusal(rejection: Exclude<Rejection, Shortage>): string {
  switch (rejection.code) {
    case 'TierMismatch':
      return `belongs to tier ${rejection.found}, not ${rejection.wanted}`;
    case 'NotInPin':
      return `is not in the pin (${listText(rejection.pin)})`;
    case 'NotActive':
      return `${placeNames[rejection.kind]} ${rejection.name} is ${rejection.state}`;
    case 'ModeNotActive':
      return `is in mode ${rejection.mode}`;
    case 'NotReady':
      return `${placeNames[rejection.kind]} ${rejection.name} is not ready: ${rejection.detail}`;
    case 'ViewIncomplete':
      return `${placeNames[rejection.kind]} ${rejection.name} is not completely read: ${rejection.detail}`;
    case 'QuotaUnknown':
      return `the quota of ${rejection.dimensions.map(dimensionName).join(', ')} of ${placeNames[rejection.kind]} ${rejection.name} could not be read and its record gives none`;
    case 'DedicatedOccupied':
      return 'belongs to a tenant with isolation: dedicated';
    case 'IsolationClass':
      return `holds ${rejection.tenants} other ${rejection.tenants === 1 ? 'tenant' : 'tenants'}, and isolation: dedicated wants an empty one`;
    case 'SpreadConflict':
      return `cell ${rejection.cell} holds another placement of the tenant`;
    case 'AntiAffinity':
      return `cell ${rejection.cell} holds another tenant with antiAffinity ${rejection.label}`;
  }
}

function describeShortage(shortage: Shortage): string {
  switch (shortage.code) {
    case 'Insufficient':
      return shortageText(shortage, '');
    case 'ParentInsufficient':
      return shortageText(shortage, ` in cell ${shortage.cell}`);
    case 'ZoneInsufficient':
      return shortageText(shortage, ` in hosted zone ${shortage.zone}`);
  }
}

const shownNames = 4;

/** The first names of a list, and how many more there are. */
export function listText(names: readonly string[]): string {
  const more = names.length - shownNames;
  return more > 0 ? `${names.slice(0, shownNames).join(', ')} and ${more} more` : names.join(', ');
}

function shortageText(shortage: Shortage, where: string): string {
  const { dimension, need, free } = shortage;
  return `lacks ${amount(dimension, need - free)}${where} (needs ${figure(dimension, need)}, free ${figure(dimension, free)})`;
}
