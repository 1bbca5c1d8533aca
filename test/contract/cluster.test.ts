import { clusterSubject } from './subjects/cluster.ts';
import { contractSuite } from './suite.ts';

await contractSuite(clusterSubject);
