import { listenerRuleSubject } from './subjects/listener-rule.ts';
import { contractSuite } from './suite.ts';

await contractSuite(listenerRuleSubject);
