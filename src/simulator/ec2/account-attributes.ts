import type { AccountAttribute, DescribeAccountAttributesCommandInput } from '@aws-sdk/client-ec2';
import type { Call, Operation, World } from '../kernel.ts';
import { invalidValue } from './errors.ts';
import { operation } from './operation.ts';

/** DescribeAccountAttributes: what an account without a default VPC has. */
export function accountOperations(world: World): [string, Operation][] {
  const describe = (
    input: DescribeAccountAttributesCommandInput,
    call: Call,
  ): { AccountAttributes: AccountAttribute[] } => {
    const values = new Map([
      ['supported-platforms', 'VPC'],
      ['default-vpc', 'none'],
      ['vpc-max-security-groups-per-interface', String(world.quotas.get(call, 'securityGroupsPerInterface'))],
      // No longer kept up by AWS (model); what it still answers.
      ['max-instances', '20'],
      ['max-elastic-ips', '5'],
      ['vpc-max-elastic-ips', '5'],
    ]);
    const names: readonly string[] = input.AttributeNames ?? [];
    for (const name of names) {
      if (!values.has(name)) throw invalidValue(`Value (${name}) for parameter attributeName is invalid.`);
    }
    return {
      AccountAttributes: [...values]
        .filter(([name]) => names.length === 0 || names.includes(name))
        .map(([AttributeName, AttributeValue]) => ({ AttributeName, AttributeValues: [{ AttributeValue }] })),
    };
  };
  return [operation({ name: 'DescribeAccountAttributes', size: 'describe', takes: ['AttributeNames'], run: describe })];
}
