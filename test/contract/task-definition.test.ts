import { taskDefinitionSubject } from './subjects/task-definition.ts';
import { contractSuite } from './suite.ts';

await contractSuite(taskDefinitionSubject);
