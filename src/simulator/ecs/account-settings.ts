import type {
  DeleteAccountSettingRequest,
  DeleteAccountSettingResponse,
  ListAccountSettingsRequest,
  ListAccountSettingsResponse,
  PutAccountSettingDefaultRequest,
  PutAccountSettingRequest,
  PutAccountSettingResponse,
  Setting,
  SettingName,
} from '@aws-sdk/client-ecs';
import type { Call, Operation } from '../kernel.ts';
import { callerArn } from './caller.ts';
import { invalidParameter } from './errors.ts';
import { operation } from './operation.ts';
import { page } from './paging.ts';
import { type EcsState, type RegionState, regionOf } from './state.ts';

/**
 * The settings that can be put, their values, the first being what an account has that never put one. Of these only `containerInsights` moves anything
 * here: nobody is authorized by tags, no task is retired, and ARNs are always long.
 */
const choices: ReadonlyMap<string, readonly string[]> = new Map([
  ['serviceLongArnFormat', ['enabled']],
  ['taskLongArnFormat', ['enabled']],
  ['containerInstanceLongArnFormat', ['enabled']],
  ['awsvpcTrunking', ['disabled', 'enabled']],
  ['containerInsights', ['disabled', 'enabled', 'enhanced']],
  ['tagResourceAuthorization', ['on', 'off']],
  ['fargateTaskRetirementWaitPeriod', ['7', '0', '14']],
  ['defaultLogDriverMode', ['non-blocking', 'blocking']],
]);

/** Source: ListAccountSettings, ECS API reference. */
const pageSize = 10;

/** The operations on account settings. */
export function accountSettingOperations(state: EcsState): Record<string, Operation> {
  const nothing = (): readonly [] => [];
  return {
    PutAccountSetting: operation({
      group: 'setting-modify',
      takes: ['name', 'value'],
      run: (input: PutAccountSettingRequest, call) => put(regionOf(state, call), callerArn(call), input),
      resources: nothing,
    }),
    PutAccountSettingDefault: operation({
      group: 'setting-modify',
      takes: ['name', 'value'],
      run: (input: PutAccountSettingDefaultRequest, call) => put(regionOf(state, call), rootOf(call), input),
      resources: nothing,
    }),
    DeleteAccountSetting: operation({
      group: 'setting-modify',
      takes: ['name'],
      run: (input: DeleteAccountSettingRequest, call) => remove(regionOf(state, call), callerArn(call), input),
      resources: nothing,
    }),
    ListAccountSettings: operation({
      group: 'setting-read',
      takes: ['name', 'value', 'effectiveSettings', 'nextToken', 'maxResults'],
      run: (input: ListAccountSettingsRequest, call) => list(regionOf(state, call), input, call),
      resources: nothing,
    }),
  };
}

/** What a setting is for this caller: the caller's own value, else the account's, else AWS's. */
export function effectiveSetting(region: RegionState, call: Call, name: string): string | undefined {
  const own = region.settings.get(callerArn(call))?.get(name);
  return own ?? region.settings.get(rootOf(call))?.get(name) ?? choices.get(name)?.[0];
}

function rootOf(call: Call): string {
  return `arn:aws:iam::${call.account}:root`;
}

function put(
  region: RegionState,
  principal: string,
  { name, value }: PutAccountSettingRequest,
): PutAccountSettingResponse {
  checkSetting(name);
  if (!(choices.get(name ?? '') ?? []).includes(value ?? '')) {
    throw invalidParameter(`Invalid value for the account setting ${name}: found ${value}.`);
  }
  const settings = region.settings.get(principal) ?? new Map<string, string>();
  settings.set(name ?? '', value ?? '');
  region.settings.set(principal, settings);
  return { setting: { name, value, principalArn: principal, type: 'user' } };
}

function remove(
  region: RegionState,
  principal: string,
  { name }: DeleteAccountSettingRequest,
): DeleteAccountSettingResponse {
  checkSetting(name);
  const settings = region.settings.get(principal);
  const value = settings?.get(name ?? '');
  settings?.delete(name ?? '');
  return { setting: { name, value, principalArn: principal, type: 'user' } };
}

function list(region: RegionState, input: ListAccountSettingsRequest, call: Call): ListAccountSettingsResponse {
  if (input.name !== undefined) checkSetting(input.name);
  if (input.value !== undefined && input.name === undefined) {
    throw invalidParameter('A value can be given only together with the name of a setting.');
  }
  const principalArn = callerArn(call);
  const own = region.settings.get(principalArn);
  const found = new Map<string, Setting>();
  for (const name of choices.keys()) {
    const value = input.effectiveSettings === true ? effectiveSetting(region, call, name) : own?.get(name);
    if (value === undefined) continue;
    if (input.name !== undefined && name !== input.name) continue;
    if (input.value !== undefined && value !== input.value) continue;
    found.set(name, { name: name as SettingName, value, principalArn, type: 'user' });
  }
  const { items, nextToken } = page([...found.keys()], input, pageSize, pageSize);
  return { settings: items.flatMap((name) => found.get(name) ?? []), nextToken };
}

function checkSetting(name: string | undefined): void {
  if (!choices.has(name ?? '')) throw invalidParameter(`The account setting ${name} cannot be used.`);
}
