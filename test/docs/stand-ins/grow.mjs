// What an editor does on the pages about growing: `grow.mjs FILE a2 b` prints the settings with infra group standard-a2 (a2) and cell standard-b (b), as far as they are
// not there yet.
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

const [file, ...parts] = process.argv.slice(2);
const settings = parse(readFileSync(file, 'utf8'));
const add = (list, entry) => {
  if (!list.some(({ name }) => name === entry.name)) list.push(entry);
};
if (parts.includes('a2')) add(settings.infraGroups, { name: 'standard-a2', cell: 'standard-a', cidr: '10.20.16.0/20' });
if (parts.includes('b')) {
  add(settings.cells, {
    name: 'standard-b',
    tier: 'standard',
    accountId: '222222222222',
    region: 'us-east-1',
    externalId: '7a40c7be-one-of-your-own',
    certificateArn: 'arn:aws:acm:us-east-1:222222222222:certificate/00000000-0000-4000-8000-000000000002',
  });
  add(settings.infraGroups, { name: 'standard-b1', cell: 'standard-b', cidr: '10.21.0.0/20' });
}
console.log(stringify(settings, { aliasDuplicateObjects: false }));
