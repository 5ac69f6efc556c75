import { expect, it } from 'vitest';
import { Refused, WrongUsage } from '../command.js';
import { publicRoot } from './public-root.js';

const DOOR = 'http://127.0.0.1:3001';

it.each([
  ['https://hooks.example.com', '', 'https://hooks.example.com'],
  ['https://hooks.example.com/', '/bank', 'https://hooks.example.com/bank'],
  ['https://hooks.example.com/bank/', '/bank', 'https://hooks.example.com/bank'],
  ['http://localhost:8080', '', 'http://localhost:8080'],
])('%s with the prefix "%s" is %s', (given, publicPath, root) => {
  expect(publicRoot({ given, publicPath, localDoor: DOOR })).toBe(root);
});

it('is the door itself for the sandbox bank, and must be told for anybody else', () => {
  expect(publicRoot({ given: undefined, publicPath: '/bank', localDoor: DOOR })).toBe(`${DOOR}/bank`);
  expect(() => publicRoot({ given: undefined, publicPath: '', localDoor: null })).toThrow(/--public-url/);
});

it('is refused where the door would verify another path', () => {
  const given = 'https://hooks.example.com/bank';
  for (const publicPath of ['', '/other'])
    expect(() => publicRoot({ given, publicPath, localDoor: null })).toThrow(Refused);
});

it.each([
  'hooks.example.com',
  'http://hooks.example.com',
  'ftp://hooks.example.com',
  'https://user@hooks.example.com',
  'https://hooks.example.com?a=b',
  'https://hooks.example.com#a',
])('cannot be %s', (given) => {
  expect(() => publicRoot({ given, publicPath: '', localDoor: null })).toThrow(WrongUsage);
});
