// Settings of `fleetblock-agent report`.
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
