import { dnsRecordSubject } from './subjects/dns-record.ts';
import { contractSuite } from './suite.ts';

await contractSuite(dnsRecordSubject);
