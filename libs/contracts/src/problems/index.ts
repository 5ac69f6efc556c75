export { findProblem, PLAIN_PROBLEMS, type ProblemCode } from './problem-catalogue.js';
export * from './problem-text.js';
export { type Language, LANGUAGES, type ProblemOwner } from './problem-words.js';
