/** What was built: filled in by the build script. */
interface Build {
  readonly version: string;
  readonly commit: string;
  /** RFC 3339. */
  readonly date: string;
}

declare const CELLWRIGHT_BUILD: Build | undefined;

/** The version, commit and time of this build; all unknown where the sources run unbuilt. */
export const build: Build =
  typeof CELLWRIGHT_BUILD === 'undefined'
    ? { version: 'unknown', commit: 'unknown', date: 'unknown' }
    : CELLWRIGHT_BUILD;

/** The build in one line. */
export function versionLine(): string {
  return `cellwright ${build.version} (commit ${build.commit}, built ${build.date})`;
}
