/** What the tables of actions are made with: the call, its input, and what there is in the world now. */
import type { Call } from '../kernel.ts';
import type { Asked } from './evaluate.ts';

export type Context = Asked['context'];

/** What IAM knows of resources that are there. */
export interface Live {
  /** The tags of the resource with this ARN; undefined where there is none. */
  tags(arn: string): ReadonlyMap<string, string> | undefined;
  /** The ARN of a scalable target. */
  scalableTarget(call: Call, resourceId: string): string | undefined;
  /** The name of a table's partition key. */
  partitionKey(tableArn: string): string | undefined;
  /** The service that an interface endpoint leads to. */
  endpointService(endpointArn: string): string | undefined;
  /** Whether the account has AWS's own role for a service already. */
  hasLinkedRole(account: string, service: string): boolean;
}

/** One call, as the tables of actions read it. Members of the input are read by name: a missing one is undefined or an empty list. */
export class Request {
  readonly call: Call;
  readonly live: Live;
  private readonly input: Readonly<Record<string, unknown>>;

  constructor(call: Call, input: object, live: Live) {
    this.call = call;
    this.input = input as Readonly<Record<string, unknown>>;
    this.live = live;
  }

  value(member: string): unknown {
    return this.input[member];
  }

  text(member: string): string | undefined {
    const value = this.input[member];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  texts(member: string): readonly string[] {
    return this.objectsOrTexts(member).filter((one) => typeof one === 'string');
  }

  objects(member: string): readonly Readonly<Record<string, unknown>>[] {
    return this.objectsOrTexts(member).filter(isRecord);
  }

  private objectsOrTexts(member: string): readonly unknown[] {
    const value = this.input[member];
    return Array.isArray(value) ? value : [];
  }

  /** An ARN of this account and Region. */
  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.call.region}:${this.call.account}:${resource}`;
  }

  /** An ARN that the caller gave, or one made of a name that it gave. */
  named(service: string, kind: string, name: string): string {
    return name.startsWith('arn:') ? name : this.arn(service, `${kind}/${name}`);
  }

  /** `aws:ResourceTag` of what is there, and the service's own key of the same meaning. */
  tagsOf(arn: string, own?: string): Context {
    const found: Record<string, string> = {};
    for (const [key, value] of this.live.tags(arn) ?? []) {
      found[`aws:ResourceTag/${key}`] = value;
      if (own !== undefined) found[`${own}:ResourceTag/${key}`] = value;
    }
    return found;
  }
}

/** `aws:RequestTag` and `aws:TagKeys`, of tags by key. */
export function requestTags(tags: ReadonlyMap<string, string>): Context {
  if (tags.size === 0) return {};
  const given: Record<string, string> = {};
  for (const [key, value] of tags) given[`aws:RequestTag/${key}`] = value;
  return { ...given, 'aws:TagKeys': [...tags.keys()] };
}

/** Tags as a list of objects has them. */
export function tagList(
  list: readonly Readonly<Record<string, unknown>>[],
  [key, value]: readonly [key: string, value: string],
): ReadonlyMap<string, string> {
  return new Map(list.map((tag) => [textOf(tag[key]), textOf(tag[value])]));
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What an operation asks for. */
export type AskedFor = (request: Request) => readonly Asked[];
export type Table = Readonly<Record<string, AskedFor>>;

/** An action without resources. */
export function onAll(action: string, context: Context = {}): Asked {
  return { action, resource: '*', context };
}
