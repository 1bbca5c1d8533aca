import { targetGroupSubject } from './subjects/target-group.ts';
import { contractSuite } from './suite.ts';

await contractSuite(targetGroupSubject);
