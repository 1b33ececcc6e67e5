export { VirtualClock, createRealClock } from './core/clock';
export { SANDBOX_SERVICES } from './core/constants';
export { FaultSettingsError } from './core/faultSettings';
export { type Sandbox, type SandboxOptions, type SandboxReport, startSandbox } from './core/sandbox';
export type { Clock, SandboxService } from './core/types';
