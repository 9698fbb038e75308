import type { CliEnvironment } from './settings.js';

/**
 * The variables that every command but `up` understands; `up` has its own.
 * @throws PlatformError `INVALID_CONFIGURATION`
 */
export async function loadCliEnvironment(): Promise<CliEnvironment> {
  const { loadConfig } = await import('@flotilla/platform');
  const config = loadConfig(['FLOTILLA_HOME', 'FLOTILLA_API_URL', 'FLOTILLA_API_KEY']);
  return {
    home: config.FLOTILLA_HOME,
    apiUrl: config.FLOTILLA_API_URL,
    apiKey: config.FLOTILLA_API_KEY?.reveal(),
  };
}
