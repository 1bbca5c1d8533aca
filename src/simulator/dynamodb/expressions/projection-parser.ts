/** Parses ProjectionExpression. */
import type { Path } from './ast.ts';
import { ExpressionParser, type Names, type Parsed, pathClash } from './parser.ts';

/** Parses a list of document paths that do not overlap. Throws `ValidationException` for anything else. */
export function parseProjection(text: string, names: Names): Parsed<readonly Path[]> {
  const parser = new ExpressionParser('ProjectionExpression', text, names);
  const paths: Path[] = [];
  do {
    const path = parser.path();
    for (const earlier of paths) {
      const clash = pathClash(earlier, path);
      if (clash !== undefined) parser.problem('paths', clash);
    }
    paths.push(path);
  } while (parser.takeSymbol(','));
  return parser.finish(paths);
}
