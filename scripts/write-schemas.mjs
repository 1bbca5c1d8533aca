// Writes the JSON Schemas of all records to docs/schemas/. Run it after a change of src/model/records: `node scripts/write-schemas.mjs`.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = await build({
  absWorkingDir: root,
  entryPoints: ['src/model/records/json-schemas.ts'],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const { publishedSchemas } = await import(`data:text/javascript;base64,${code}`);
await mkdir(`${root}docs/schemas`, { recursive: true });
for (const [file, schema] of Object.entries(publishedSchemas())) {
  await writeFile(`${root}docs/schemas/${file}`, `${JSON.stringify(schema, null, 2)}\n`);
  console.log(`docs/schemas/${file}`);
}
