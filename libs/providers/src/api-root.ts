const LOCAL = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Root of an API that is sent secrets: `https`, or `http` to this very machine.
 * @param variable the setting that it comes from, for the error
 */
export const apiRoot = (baseUrl: string, variable: string): URL => {
  const root = new URL(baseUrl.replace(/\/+$/, ''));
  if (root.protocol === 'https:' || (root.protocol === 'http:' && LOCAL.includes(root.hostname))) return root;
  throw new Error(`${variable} must begin with https:// (http:// is for this machine only).`);
};
