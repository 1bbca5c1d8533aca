import { synth } from './synth.ts';

const { code, text } = synth(process.argv.slice(2));
(code === 0 ? process.stdout : process.stderr).write(`${text}\n`);
process.exitCode = code;
