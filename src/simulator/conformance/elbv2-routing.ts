import type { Behaviour } from './behaviour.ts';
import { elbRow as row } from './elbv2-row.ts';
import { sources as s } from './sources.ts';

const plane = row('data-plane');
const matching = row('matching');

const batch = 'follows 10 s after the first change of a batch, with all changes until then';
const answering =
  'sends to healthy targets only, to all unhealthy ones when there are no others, and to none that are new or draining';
const thresholds = 'the attributes of a group may ask for more than one healthy target';
const alias = 'an alias record finds the load balancer ill when one filled group is, and when all are empty';
const values = 'headers, query strings, methods and source addresses';
const kinds = 'redirects, fixed responses and weighted forwards';

/** Of what a load balancer does with a request. */
export const elbRoutingBehaviours: readonly Behaviour[] = [
  plane(
    'observed',
    s.elbBatchWindow,
    batch,
    'The data plane follows rule changes in batches: the first change opens a window of 10 s, and all changes until then come with it.',
  ),
  matching(
    'documented',
    s.elbModel,
    'all conditions must hold',
    'The first rule in order of priority whose conditions all hold decides; the default rule comes last.',
  ),
  matching(
    'documented',
    s.elbConditions,
    'hosts in any letter case, paths exactly, without query',
    'Hosts match in any letter case; paths match exactly, without the query string.',
  ),
  matching(
    'documented',
    s.elbConditions,
    '`*` is any number of characters and `?` exactly one, a name without its first label included',
    'In patterns * is any number of characters and ? exactly one; *.example.com does not match example.com.',
  ),
  matching(
    'assumed',
    s.elbConditions,
    'a path is normalised first',
    'Paths are normalised before they are matched; assumed is RFC 3986: unreserved characters decoded, dot segments gone.',
  ),
  matching(
    'documented',
    s.elbConditions,
    'regular expressions: hosts and headers in any letter case, paths exactly',
    'Regular expressions match hosts and headers in any letter case, paths exactly.',
  ),
  matching(
    'documented',
    s.elbConditions,
    values,
    'Header names and values match in any letter case, with wildcards; so do keys and values of query strings.',
  ),
  matching('documented', s.elbConditions, values, 'Methods match exactly; source addresses match by CIDR block.'),
  matching('assumed', s.elbConditions, values, 'A request that states neither is a GET from 203.0.113.1.'),
  plane(
    'documented',
    s.elbActions,
    kinds,
    'Redirects and fixed responses answer with their status, and weighted forwards share requests by weight.',
  ),
  plane('documented', s.elbActions, kinds, 'A forward whose groups all have weight 0 answers 503.'),
  plane(
    'documented',
    s.elbSignIn,
    'a request that nobody signed in for gets what the rule says: %s is %d',
    'Where a rule signs users in, requests get 302, 401 or the next action, as OnUnauthenticatedRequest says: no request has a session.',
  ),
  plane(
    'documented',
    s.elbActions,
    'a weighted forward does not fail over to its other group',
    'A weighted forward does not fail over: the share of a group without targets answers 503.',
  ),
  plane(
    'documented',
    s.elbHealthChecks,
    answering,
    'Healthy targets get the requests; when there are none, all unhealthy ones do (fail open).',
  ),
  plane(
    'assumed',
    s.elbHealthChecks,
    answering,
    'A target that has not passed its first check, or drains, gets no request, also when the group has no other.',
  ),
  plane(
    'documented',
    s.elbTargetGroups,
    thresholds,
    'unhealthy_state_routing attributes set, by count or percentage, below how many healthy targets a group fails open.',
  ),
  plane(
    'documented',
    s.elbTargetGroups,
    thresholds,
    'dns_failover attributes set below how many healthy targets of a group an alias record finds the load balancer ill.',
  ),
  plane(
    'documented',
    s.dnsAliasTarget,
    alias,
    'An alias that evaluates target health finds the whole load balancer ill when one group with targets has no healthy one.',
  ),
  plane(
    'documented',
    s.elbTargetGroups,
    alias,
    'When no group has targets the load balancer counts as ill; one empty group beside others does not (guide; Route 53’s API reference says it does).',
  ),
];
