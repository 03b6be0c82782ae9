// Settings of `fleetblock-agent report`.
import { type Options, text } from '../local/option-values.ts';

/** Where the service of the packages listens. */
export const DEFAULT_REPORT_SOCKET = '/run/fleetblock-agent/report.sock';

/** For `report`: as typed, the agent checks it. */
export interface ReportSettings {
  readonly verb: string;
  readonly address: string;
  readonly source: string;
  /** Undefined: as long as the fleet's policy lets it. */
  readonly time: string | undefined;
  /** The agent's socket for reports. */
  readonly socket: string;
  /** For the controller's answer. */
  readonly wait: boolean;
}

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
