/** One instruction of a Dockerfile, continuation lines joined. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** The stages of a Dockerfile, and what stands before the first. */
export interface Dockerfile {
  readonly before: readonly Instruction[];
  readonly stages: readonly {
    readonly from: string;
    readonly name: string | undefined;
    readonly steps: readonly Instruction[];
  }[];
}

const known = new Set('ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL RUN USER WORKDIR'.split(' '));

/** Parses the instructions that ours uses; throws on any other, so that nothing goes unread. */
export function parseDockerfile(text: string): Dockerfile {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const instructions = lines
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => {
      const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
      if (!known.has(name)) throw new Error(`not an instruction that is known here: ${line}`);
      return { name, text: rest };
    });
  const first = instructions.findIndex(({ name }) => name === 'FROM');
  const stages: { from: string; name: string | undefined; steps: Instruction[] }[] = [];
  for (const instruction of instructions.slice(first)) {
    if (instruction.name !== 'FROM') {
      stages.at(-1)?.steps.push(instruction);
      continue;
    }
    const [, from = '', name] = /^(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?$/.exec(instruction.text) ?? [];
    stages.push({ from, name, steps: [] });
  }
  return { before: instructions.slice(0, first), stages };
}
