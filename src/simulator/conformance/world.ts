import type { Behaviour } from './behaviour.ts';
import { sources } from './sources.ts';

const throttle = 'test/simulator/throttle.test.ts';
const trailing = 'test/simulator/trailing.test.ts';
const refusals = 'test/simulator/refusals.test.ts';

/** What holds for every service. */
export const worldBehaviours: readonly Behaviour[] = [
  {
    what: 'Token buckets start full, refill continuously and never exceed their capacity.',
    kind: 'documented',
    source: sources.ecsThrottling,
    test: [throttle, 'start full, refill by the second and never exceed their capacity'],
  },
  {
    what: 'Buckets belong to an account in a Region, Route 53’s to an account over all Regions.',
    kind: 'documented',
    source: sources.dnsThrottling,
    test: [throttle, 'belong to one account, one Region and one service, or to the account in all Regions'],
  },
  {
    what: 'A call draws from all of its buckets or, when one of them cannot pay, from none.',
    kind: 'assumed',
    source: sources.elbThrottling,
    test: [throttle, 'take nothing at all from a call that one of its buckets cannot pay'],
  },
  {
    what: 'A throttled call is refused with the service’s own error, and has no effect.',
    kind: 'documented',
    source: sources.ecsThrottling,
    test: [
      'test/simulator/world.test.ts',
      'is throttled when its bucket is empty, without running, until the bucket refills',
    ],
  },
  {
    what: 'Reads of ECS, EC2 and DynamoDB (without ConsistentRead) may show an earlier state. The lag can be set for each service; it is 0 unless set, apart from new clusters and services.',
    kind: 'documented',
    source: sources.eventualConsistency,
    test: [trailing, 'are answered exactly as the same AWS answered its lag ago'],
  },
  {
    what: 'Reads of ELBv2, Route 53 and Service Quotas may show an earlier state too, where a lag is set.',
    kind: 'assumed',
    source: sources.elbModel,
    test: [trailing, 'are answered exactly as the same AWS answered its lag ago'],
  },
  {
    what: 'A consistent read of DynamoDB never lags.',
    kind: 'documented',
    source: sources.readConsistency,
    test: [trailing, 'leave consistent reads of DynamoDB alone'],
  },
  {
    what: 'Calls take time: a read 50 ms (DynamoDB 5 ms), a write 100 to 200 ms, CreateCluster and target groups 300 ms, CreateService and CreateLoadBalancer 500 ms.',
    kind: 'assumed',
    source: 'https://github.com/hashicorp/terraform-provider-aws/pull/23958',
    test: ['test/simulator/delays.test.ts', 'over the request handler, refusals too'],
  },
  {
    what: 'One factor scales every latency of AWS’s own: calls, tasks, health, DNS, deletions.',
    kind: 'assumed',
    source: 'none: AWS has no such factor; 1 is AWS as it is',
    test: [
      'test/simulator/delays.test.ts',
      'scaled by the one factor for all latencies, or not at all unless asked for',
    ],
  },
  {
    what: 'An operation that is not simulated is refused as AWS refuses one that it does not have.',
    kind: 'observed',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html',
    test: [refusals, 'refuses every operation that it does not do'],
  },
  {
    what: 'A member of an input that is not simulated is refused with an error of the service; it is never ignored.',
    kind: 'assumed',
    source: sources.ecsModel,
    test: [refusals, 'refuses every member of an input that the operation does not act on'],
  },
  {
    what: 'Unsigned requests are refused in the words of the called service.',
    kind: 'observed',
    source: sources.ec2Errors,
    test: ['test/simulator/world.test.ts', 'without a signature is refused in the words of the called service'],
  },
  {
    what: 'JSON services name an error’s type and carry its members; ELBv2 drops the suffix Exception; EC2 answers a list of one; Route 53 has two bodies for InvalidChangeBatch.',
    kind: 'observed',
    source: 'https://github.com/aws/aws-sdk-go-v2/blob/main/service/route53/internal/customizations/doc.go',
    test: [
      'test/simulator/errors-on-the-wire.test.ts',
      'of Route 53 have the status of the model; InvalidChangeBatch comes in two bodies',
    ],
  },
  {
    what: 'Inputs and outputs of every operation survive the way through the SDK’s own clients.',
    kind: 'documented',
    source: sources.ecsModel,
    test: ['test/simulator/codec.test.ts', 'unchanged'],
  },
];
