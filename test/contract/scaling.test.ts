import { scalingSubject } from './subjects/scaling.ts';
import { contractSuite } from './suite.ts';

await contractSuite(scalingSubject);
