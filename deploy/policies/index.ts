/** Every policy document of the product, made from what the code declares to need (docs/explanation/iam.md). Plain JSON: no type of the CDK, and nothing is looked up. */
export { boundary, type CellRights, cellPolicies, type GroupRights } from './cell.ts';
export { controllerPolicy } from './controller.ts';
export { dnsPolicy } from './dns.ts';
export {
  managedPolicies,
  managedPolicyLimit,
  type PolicyDocument,
  type PolicyStatement,
  sizeOf,
  type TrustDocument,
  trustPolicyLimit,
} from './documents.ts';
export { taskTrustPolicy, trustPolicy } from './trust.ts';
export { userPolicies } from './users.ts';
