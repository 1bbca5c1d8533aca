import { endpointSubject } from './subjects/endpoint.ts';
import { contractSuite } from './suite.ts';

await contractSuite(endpointSubject);
