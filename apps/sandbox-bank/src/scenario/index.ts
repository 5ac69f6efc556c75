export { parseScenario, readScenario, BadScenario } from './read-scenario.js';
export { randomScenario, type RandomOptions } from './random-scenario.js';
export type {
  Scenario,
  ScenarioAccount,
  ScenarioGroup,
  ScenarioRow,
  Step,
  StepName,
  Told,
} from './scenario.js';
export { ScenarioDriver, type ScenarioView, type TrueRow } from './scenario-driver.js';
