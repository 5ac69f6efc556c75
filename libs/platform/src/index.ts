export { type HttpApp, type HttpAppOptions, PortTaken, startHttpApp } from './bootstrap-http.js';
export type {
  AppName,
  Config,
  DoorConfig,
  EmbeddedConfig,
  ProviderConfig,
  Settings,
  TenantApiKey,
} from './config/config.js';
export { ConfigError, type ConfigFault } from './config/config-error.js';
export { demand } from './config/demand.js';
export { Environment, type LogLevel, NEW_FERNET_KEY } from './config/environment.js';
export { type ConfigPurpose, loadConfig } from './config/load-config.js';
export { type RawEnvironment, readEnvironment } from './config/read-environment.js';
export { AlsCorrelationScope, correlation, freshCorrelation } from './correlation/als-correlation-scope.js';
export { correlateRequests } from './correlation/http-correlation.js';
export { nextTraceparent, parseTraceparent, type TraceParent } from './correlation/traceparent.js';
export {
  type HealthCheck,
  type HealthPart,
  HealthRegistry,
  type HealthReport,
} from './health/health-registry.js';
export { type MetricOptions, Metrics } from './health/metrics.js';
export { type FieldError, type Problem, problem, type ProblemTeller } from './http/problem.js';
export { PROBLEM_TYPE } from './http/problem-filter.js';
export { problemOf } from './http/problem-of.js';
export { statusOfCode, type StatusTable } from './http/problem-status.js';
export { fieldErrors, httpValidationPipe } from './http/validation-pipe.js';
export { createLogger, type Logger, type LoggerOptions } from './logging/logger.js';
export { logAs, NestLogger } from './logging/nest-logger.js';
export { redactText, redactValue } from './logging/redaction.js';
export { type HostProcess, runMain, type Stoppable } from './run-main.js';
