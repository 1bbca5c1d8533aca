import type {
  AddListenerCertificatesInput,
  AddListenerCertificatesOutput,
  Certificate,
  DescribeListenerCertificatesInput,
  DescribeListenerCertificatesOutput,
  RemoveListenerCertificatesInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { invalidConfiguration, operationNotPermitted, required, validationError } from './errors.ts';
import { checkCertificate } from './listener-settings.ts';
import { operation } from './operation.ts';
import { page } from './paging.ts';
import { type ElbState, findListener, type Listener, type LoadBalancer } from './state.ts';

/** AddListenerCertificates, RemoveListenerCertificates and DescribeListenerCertificates: what HTTPS listeners have beside the default one. */
export function certificateOperations(state: ElbState): Record<string, Operation> {
  return {
    AddListenerCertificates: operation({
      category: 'mutate',
      takes: ['ListenerArn', 'Certificates.CertificateArn'],
      run: (input: AddListenerCertificatesInput, call) => add(state, input, call),
      resources: (input) => [input.ListenerArn],
    }),
    RemoveListenerCertificates: operation({
      category: 'mutate',
      takes: ['ListenerArn', 'Certificates.CertificateArn'],
      run: (input: RemoveListenerCertificatesInput, call) => remove(state, input, call),
      resources: (input) => [input.ListenerArn],
    }),
    DescribeListenerCertificates: operation({
      category: 'read',
      takes: ['ListenerArn', 'Marker', 'PageSize'],
      run: (input: DescribeListenerCertificatesInput, call): DescribeListenerCertificatesOutput => {
        const listener = findListener(state, call, required(input.ListenerArn, 'ListenerArn'));
        const { items, next } = page(certificatesOf(listener), input);
        return { Certificates: [...items], ...next };
      },
      resources: (input) => [input.ListenerArn],
    }),
  };
}

/** See `ElbWorld.certificatesInUse`. */
export function certificatesInUse(
  state: ElbState,
  where: { readonly account: string; readonly region: string },
): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, Set<string>>();
  for (const { loadBalancer, ...listener } of state.listeners.values()) {
    if (loadBalancer.account !== where.account || loadBalancer.region !== where.region) continue;
    for (const { CertificateArn: arn = '' } of certificatesOf(listener)) {
      users.set(arn, (users.get(arn) ?? new Set()).add(loadBalancer.arn));
    }
  }
  return new Map([...users].map(([arn, loadBalancers]) => [arn, [...loadBalancers]]));
}

function certificatesOf(listener: Pick<Listener, 'certificates' | 'moreCertificates'>): readonly Certificate[] {
  return [
    ...listener.certificates.map((one) => ({ CertificateArn: one.CertificateArn, IsDefault: true })),
    ...[...listener.moreCertificates].map((CertificateArn) => ({ CertificateArn, IsDefault: false })),
  ];
}

/** Those that are there already stay, without error. Source: AddListenerCertificates, ELBv2 API reference. */
function add(state: ElbState, input: AddListenerCertificatesInput, call: Call): AddListenerCertificatesOutput {
  const listener = findListener(state, call, required(input.ListenerArn, 'ListenerArn'));
  if (listener.protocol !== 'HTTPS') throw invalidConfiguration('Certificates can only be added to HTTPS listeners');
  const arns = arnsOf(input.Certificates);
  for (const arn of arns) checkCertificate(state.world, arn, call);
  const fresh = arns.filter((arn) => !listener.moreCertificates.has(arn));
  const limit = state.world.quotas.get(call, 'certificatesPerLoadBalancer');
  if (inUse(listener.loadBalancer) + fresh.length > limit) {
    throw new AwsError(
      'TooManyCertificatesException',
      `The maximum number of certificates per load balancer '${limit}' has been reached on load balancer '${listener.loadBalancer.arn}'`,
    );
  }
  for (const arn of fresh) listener.moreCertificates.add(arn);
  return { Certificates: arns.map((CertificateArn) => ({ CertificateArn, IsDefault: false })) };
}

/** Default certificates are not counted. Source: "Quotas for your Application Load Balancers". */
function inUse(loadBalancer: LoadBalancer): number {
  let count = 0;
  for (const listener of loadBalancer.listeners.values()) count += listener.moreCertificates.size;
  return count;
}

function remove(state: ElbState, input: RemoveListenerCertificatesInput, call: Call): object {
  const listener = findListener(state, call, required(input.ListenerArn, 'ListenerArn'));
  const arns = arnsOf(input.Certificates);
  const fallback = listener.certificates.find((one) => arns.includes(one.CertificateArn ?? ''));
  if (fallback !== undefined) {
    throw operationNotPermitted(`Default certificate '${fallback.CertificateArn ?? ''}' cannot be removed`);
  }
  for (const arn of arns) listener.moreCertificates.delete(arn);
  return {};
}

function arnsOf(certificates: Certificate[] | undefined): readonly string[] {
  const arns = required(certificates, 'Certificates').map((one) => one.CertificateArn ?? '');
  if (arns.length === 0) throw validationError('A certificate must be specified');
  return [...new Set(arns)];
}
