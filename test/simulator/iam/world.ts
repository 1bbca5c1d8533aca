/** A small simulated AWS to ask about, and to be denied by. */

import type { Asked } from '../../../src/simulator/iam/evaluate.ts';
import { type CompleteAws, createSimulatedAws } from '../../../src/simulator/index.ts';
import type { Call, ServiceId } from '../../../src/simulator/kernel.ts';
import { HandClock } from '../support/clock.ts';

const account = '111111111111';
const region = 'us-east-1';

export interface SmallWorld {
  readonly aws: CompleteAws;
  readonly clock: HandClock;
  readonly vpcId: string;
  /** What a call in the account asks for. */
  asked(service: ServiceId, operation: string, input: object): readonly Asked[];
  /** Calls, as an administrator of the account. Throws what AWS answers. */
  call(service: ServiceId, operation: string, input: object): object;
}

/** One account with a VPC, and a table whose partition key is `pk`. */
export function smallWorld(): SmallWorld {
  const clock = new HandClock();
  const aws = createSimulatedAws({ clock, throttle: false, latencyFactor: 0 });
  const call: SmallWorld['call'] = (service, operation, input) =>
    aws.call({ accessKeyId: account, region, service, operation, input });
  const vpcId = 'vpc-00000000000000001';
  aws.ec2.seedVpc({ vpcId, account, region, dnsHostnames: true });
  call('dynamodb', 'CreateTable', {
    TableName: 'one',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  });
  const asked: SmallWorld['asked'] = (service, operation, input) => {
    const about: Call = { account, region, principal: account, service, operation, requestId: 'r', now: aws.now() };
    return aws.iam.asked(about, input);
  };
  return { aws, clock, vpcId, asked, call };
}
