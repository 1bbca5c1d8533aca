/** A synthesized template with its intrinsic functions worked out, as far as that can be done before anything exists: what AWS would make up is made up, the same each time. */
import { createHash } from 'node:crypto';
import { partitionOf } from '../src/model/records/aws-shapes.ts';
import type { Place } from './names.ts';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface StackOf {
  readonly name: string;
  readonly place: Place;
  readonly template: Template;
}

/** The value with every `Ref`, `Fn::GetAtt`, `Fn::Join`, `Fn::Select`, `Fn::Split` and `Fn::Sub` replaced. Throws for an intrinsic function that our stacks do not use, and for what the template does not have. */
export function resolveValue(value: unknown, stack: StackOf): unknown {
  if (Array.isArray(value)) return value.map((each) => resolveValue(each, stack));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[key, argument] = ['', undefined]] = entries;
  if (entries.length === 1 && (key === 'Ref' || key.startsWith('Fn::'))) return intrinsic(key, argument, stack);
  return Object.fromEntries(entries.map(([name, inner]) => [name, resolveValue(inner, stack)]));
}

function intrinsic(key: string, argument: unknown, stack: StackOf): unknown {
  const resolved = key === 'Ref' || key === 'Fn::GetAtt' ? argument : resolveValue(argument, stack);
  const parts: readonly unknown[] = Array.isArray(resolved) ? resolved : [resolved];
  const [first, second] = parts;
  switch (key) {
    case 'Ref':
      return refOf(textOf(first), stack);
    case 'Fn::GetAtt':
      return attributeOf(textOf(first), textOf(second), stack);
    case 'Fn::Join':
      return listOf(second).map(textOf).join(textOf(first));
    case 'Fn::Select':
      return listOf(second)[Number(first)];
    case 'Fn::Split':
      return textOf(second).split(textOf(first));
    case 'Fn::Sub':
      return textOf(first).replace(/\$\{([^}!]+)\}/g, (_, name: string) => substitute(name, second, stack));
    default:
      throw new Error(`${key} in ${stack.name} cannot be worked out before the stack exists`);
  }
}

function substitute(name: string, variables: unknown, stack: StackOf): string {
  const own: unknown =
    typeof variables === 'object' && variables !== null
      ? Object.getOwnPropertyDescriptor(variables, name)?.value
      : undefined;
  if (own !== undefined) return textOf(own);
  const [id = '', ...attribute] = name.split('.');
  return textOf(attribute.length === 0 ? refOf(id, stack) : attributeOf(id, attribute.join('.'), stack));
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`found ${JSON.stringify(value)} where a text is needed`);
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`found ${JSON.stringify(value)} where a list is needed`);
}

function refOf(id: string, stack: StackOf): unknown {
  const { accountId, region } = stack.place;
  switch (id) {
    case 'AWS::AccountId':
      return accountId;
    case 'AWS::Region':
      return region;
    case 'AWS::Partition':
      return partitionOf(region);
    case 'AWS::StackName':
      return stack.name;
    case 'AWS::URLSuffix':
      return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    default:
      return referenceTo(id, stack);
  }
}

/** What `Ref` gives of a resource (CloudFormation's template reference, return values). */
function referenceTo(id: string, stack: StackOf): string {
  const resource = resourceOf(id, stack);
  const { accountId, region } = stack.place;
  const partition = partitionOf(region);
  switch (resource.Type) {
    case 'AWS::IAM::Role':
      return nameIn(resource, 'RoleName', id, stack);
    case 'AWS::IAM::ManagedPolicy':
      return `arn:${partition}:iam::${accountId}:policy${pathOf(resource, stack)}${nameIn(resource, 'ManagedPolicyName', id, stack)}`;
    case 'AWS::EC2::VPC':
      return `vpc-${madeUp(id, stack)}`;
    case 'AWS::EC2::Subnet':
      return `subnet-${madeUp(id, stack)}`;
    case 'AWS::EC2::SecurityGroup':
      return `sg-${madeUp(id, stack)}`;
    case 'AWS::ElasticLoadBalancingV2::LoadBalancer': {
      const name = nameIn(resource, 'Name', id, stack);
      return `arn:${partition}:elasticloadbalancing:${region}:${accountId}:loadbalancer/app/${name}/${madeUp(id, stack, 16)}`;
    }
    case 'AWS::ElasticLoadBalancingV2::Listener': {
      const loadBalancer = textOf(resolveValue(resource.Properties?.['LoadBalancerArn'], stack));
      return `${loadBalancer.replace(':loadbalancer/', ':listener/')}/${madeUp(id, stack, 16)}`;
    }
    case 'AWS::DynamoDB::Table':
      return nameIn(resource, 'TableName', id, stack);
    case 'AWS::Logs::LogGroup':
      return nameIn(resource, 'LogGroupName', id, stack);
    default:
      return `${id}-${madeUp(id, stack)}`;
  }
}

function attributeOf(id: string, attribute: string, stack: StackOf): string {
  const resource = resourceOf(id, stack);
  const { accountId, region } = stack.place;
  const partition = partitionOf(region);
  if (resource.Type === 'AWS::IAM::Role' && attribute === 'Arn')
    return `arn:${partition}:iam::${accountId}:role${pathOf(resource, stack)}${referenceTo(id, stack)}`;
  if (resource.Type === 'AWS::EC2::SecurityGroup' && attribute === 'GroupId') return referenceTo(id, stack);
  if (resource.Type === 'AWS::Logs::LogGroup' && attribute === 'Arn')
    return `arn:${partition}:logs:${region}:${accountId}:log-group:${referenceTo(id, stack)}:*`;
  if (resource.Type === 'AWS::S3::Bucket' && attribute === 'Arn')
    return `arn:${partition}:s3:::${referenceTo(id, stack).toLowerCase()}`;
  return `${referenceTo(id, stack)}.${attribute}`;
}

function resourceOf(id: string, { name, template }: StackOf): TemplateResource {
  const resource = template.Resources[id];
  if (resource === undefined) throw new Error(`there is no ${id} in the template of ${name}`);
  return resource;
}

function nameIn(resource: TemplateResource, property: string, id: string, stack: StackOf): string {
  const name = resolveValue(resource.Properties?.[property], stack);
  return typeof name === 'string' ? name : `${stack.name}-${id}`.slice(0, 64);
}

function pathOf(resource: TemplateResource, stack: StackOf): string {
  const path = resolveValue(resource.Properties?.['Path'], stack);
  return typeof path === 'string' ? path : '/';
}

/** Hex digits that depend on nothing but the names. */
function madeUp(id: string, { name }: StackOf, length = 17): string {
  return createHash('sha256').update(`${name}/${id}`).digest('hex').slice(0, length);
}
