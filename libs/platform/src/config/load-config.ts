import { PlatformError, PlatformErrorCode } from '../errors.js';
import { type Config, type VariableName, variables } from './variables.js';

/**
 * Reads the named variables once and freezes them. An empty variable counts as absent.
 * @throws PlatformError `INVALID_CONFIGURATION` naming every variable that is wrong or unknown
 */
export function loadConfig<Name extends VariableName>(
  names: readonly Name[],
  environment: NodeJS.ProcessEnv = process.env,
): Config<Name> {
  const complaints = Object.keys(environment)
    .filter((name) => name.startsWith('FLOTILLA_') && !(name in variables))
    .map((name) => `${name} is not a variable of Flotilla`);
  const config: Record<string, unknown> = {};
  for (const name of names) {
    const parsed = variables[name].safeParse(environment[name] || undefined);
    if (parsed.success) config[name] = parsed.data;
    else
      complaints.push(`${name}: ${parsed.error.issues.map((issue) => issue.message).join(', ')}`);
  }
  if (complaints.length > 0) {
    throw new PlatformError(
      PlatformErrorCode.InvalidConfiguration,
      `wrong environment: ${complaints.join('; ')} (docs/REFERENCE.md lists the variables)`,
      { data: complaints },
    );
  }
  return Object.freeze(config) as Config<Name>;
}
