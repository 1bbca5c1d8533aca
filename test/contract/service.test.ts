import { serviceSubject } from './subjects/service.ts';
import { contractSuite } from './suite.ts';

await contractSuite(serviceSubject);
