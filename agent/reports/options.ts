// Reads the settings of `fleetblock-agent report` from its options.
import { type Options, text } from '../local/option-values.ts';
import type { ReportSettings } from './settings.ts';

/** As commander has them. */
export function reportSettings(verb: string, address: string, options: Options): ReportSettings {
  return {
    verb,
    address,
    source: text(options, 'source'),
    time: text(options, 'duration') || undefined,
    socket: text(options, 'reportSocket'),
    wait: options.wait === true,
  };
}
