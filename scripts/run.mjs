import { spawn } from 'node:child_process';

/** Runs a command with our input and output; resolves with its exit status (128 and more: ended by a signal). */
export const run = async (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 128));
  });

/** The npm that started us, else the one on the PATH. */
export const npm = async (args, options) => {
  const cli = process.env.npm_execpath;
  return cli ? run(process.execPath, [cli, ...args], options) : run('npm', args, options);
};

/** Runs a program that npm installed in this tree. */
export const tool = async (root, name, args, options) =>
  run(`${root}/node_modules/.bin/${name}`, args, options);
