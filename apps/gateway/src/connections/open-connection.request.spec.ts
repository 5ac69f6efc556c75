import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { OpenConnectionRequest } from './open-connection.request.js';

const GUIDE = {
  tenantId: 1,
  companyId: 1,
  accountId: 1,
  institutionId: 'BNPAFRPP',
  iban: 'FR7612345678901234567890123',
};

const read = (body: object) => {
  const request = plainToInstance(OpenConnectionRequest, { ...GUIDE, ...body });
  const faults = validateSync(request, { whitelist: true, forbidNonWhitelisted: true });
  const fields = faults.map(({ property, children = [] }) => [
    property,
    ...children.map((child) => child.property),
  ]);
  return { request, fields: fields.map((path) => path.join('.')) };
};

describe('a request to open a connection', () => {
  it('keeps whole numbers as text, and fills in what the guide leaves out', () => {
    const { request, fields } = read({});
    expect(fields).toEqual([]);
    expect(request).toEqual({
      ...GUIDE,
      tenantId: '1',
      companyId: '1',
      accountId: '1',
      provider: 'powens',
      syncEnabled: true,
      syncDaysBack: 90,
    });
  });

  it.each([
    [{ tenantId: 'a.b' }, 'tenantId'],
    [{ tenantId: '*' }, 'tenantId'],
    [{ companyId: 1.5 }, 'companyId'],
    [{ companyId: '' }, 'companyId'],
    [{ institutionId: 'BNP' }, 'institutionId'],
    [{ syncDaysBack: 0 }, 'syncDaysBack'],
    [{ syncEnabled: 'yes' }, 'syncEnabled'],
    [{ provider: 'bank' }, 'provider'],
    [{ surprise: 1 }, 'surprise'],
    [{ credentials: {} }, 'credentials.accessToken'],
  ])('is refused with %j', (body, field) => expect(read(body).fields).toEqual([field]));

  // One such id in the log would halt every projection behind it: PostgreSQL cannot store it.
  it.each(['a\u0000', 'a\uD83D', 'a\nb'])('has no id that cannot be stored: %j', (id) => {
    expect(read({ companyId: id }).fields).toEqual(['companyId']);
    expect(read({ accountId: id }).fields).toEqual(['accountId']);
    const credentials = { accessToken: 'x', providerUserId: id, providerConnectionId: id };
    expect(read({ credentials }).fields).toEqual(['credentials.providerUserId.providerConnectionId']);
  });
});
