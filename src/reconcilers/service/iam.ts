import type { IamNeed } from '../contract.ts';

export const serviceIam: readonly IamNeed[] = [
  { action: 'ecs:DescribeServices', role: 'observe', why: 'compare a service with the record and see its deployments' },
  {
    action: 'ecs:ListServices',
    role: 'observe',
    why: 'find services that the state table does not know, for a rebuild',
  },
  { action: 'ecs:CreateService', role: 'apply', why: 'one service for each placement' },
  { action: 'ecs:UpdateService', role: 'apply', why: 'roll out changes, scale, heal' },
  { action: 'ecs:TagResource', role: 'apply', why: 'mark services when they are created and heal the mark' },
  { action: 'ecs:DeleteService', role: 'reap', why: 'remove the service of a placement that is gone' },
];
