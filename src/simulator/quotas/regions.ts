/**
 * The Regions in which a new account may launch Fargate tasks faster than elsewhere: 100 at once and 20 a second (25 and 5 elsewhere), and
 * 500 a minute for one service (125 elsewhere). Source: Fargate and ECS quotas, AWS General Reference.
 */
export const higherLaunchRates: ReadonlySet<string> = new Set([
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
  ...['eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-2', 'eu-west-3'],
  ...['ap-northeast-1', 'ap-northeast-2', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
]);
