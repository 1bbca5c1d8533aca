import { allOf, type IamNeed, type IamScope, requested } from '../../model/iam.ts';
import { ecsTagging, inOurClusters, ourServiceArns, ourServices } from '../iam-scopes.ts';

const servicesOfOurs: IamScope = {
  sid: 'Services',
  resources: [ourServiceArns],
  words: 'services in clusters of our name',
};
const listsOfOurs: IamScope = {
  sid: 'ServiceLists',
  resources: ['*'],
  when: inOurClusters,
  words: 'the lists of clusters of our name',
};
const newServices: IamScope = {
  sid: 'NewServices',
  resources: [ourServiceArns],
  when: allOf(requested, inOurClusters),
  words: 'services in clusters of our name that get our mark',
};

export const serviceIam: readonly IamNeed[] = [
  {
    action: 'ecs:DescribeServices',
    role: 'observe',
    why: 'compare a service with the record and see its deployments',
    on: [servicesOfOurs],
  },
  {
    action: 'ecs:ListServices',
    role: 'observe',
    why: 'find services that the state table does not know, for a rebuild',
    on: [listsOfOurs],
  },
  { action: 'ecs:CreateService', role: 'apply', why: 'one service for each placement', on: [newServices] },
  { action: 'ecs:UpdateService', role: 'apply', why: 'roll out changes, scale, heal', on: [ourServices] },
  {
    action: 'ecs:TagResource',
    role: 'apply',
    why: 'mark services when they are created and heal the mark',
    on: ecsTagging,
  },
  {
    action: 'ecs:DeleteService',
    role: 'reap',
    why: 'remove the service of a placement that is gone',
    on: [ourServices],
  },
];
