/** Checks what a rule does to a request before a target sees it. Pure. Source: "Transforms for listener rules", ALB user guide. */
import type { RewriteConfig, RuleTransform } from '@aws-sdk/client-elastic-load-balancing-v2';
import { oneOf, validationError } from './errors.ts';
import { checkRegex } from './regex.ts';

const configs = {
  'host-header-rewrite': 'HostHeaderRewriteConfig',
  'url-rewrite': 'UrlRewriteConfig',
} as const;
const types = ['host-header-rewrite', 'url-rewrite'] as const;
const maxLength = 1_024;

/** The transforms as ELB keeps them: at most one of each type, each with one rewrite. They change no routing. Throws ValidationError. */
export function normaliseTransforms(transforms: readonly RuleTransform[]): readonly RuleTransform[] {
  const seen = new Set<string>();
  return transforms.map((transform, index) => {
    const type = oneOf(transform.Type ?? '', `transforms.${index + 1}.member.type`, types);
    if (seen.has(type)) throw validationError(`A rule can only have one '${type}' transform`);
    seen.add(type);
    const alien = Object.values(configs).find((one) => one !== configs[type] && transform[one] !== undefined);
    if (alien !== undefined) throw validationError(`The '${alien}' field is not compatible with '${type}'`);
    const rewrites = transform[configs[type]]?.Rewrites ?? [];
    if (rewrites.length !== 1) throw validationError(`A '${type}' transform must have exactly one rewrite`);
    return { Type: type, [configs[type]]: { Rewrites: rewrites.map((rewrite) => checked(type, rewrite)) } };
  });
}

function checked(type: string, { Regex: regex = '', Replace: replace = '' }: Partial<RewriteConfig>): RewriteConfig {
  for (const text of [regex, replace]) {
    if (text.length > maxLength) throw validationError(`The '${type}' value is too long; the limit is '${maxLength}'`);
  }
  if (regex === '') throw validationError(`A regular expression must be specified for a '${type}' transform`);
  checkRegex(type, regex);
  return { Regex: regex, Replace: replace };
}
