export { generateKey } from './fernet-key.js';
export { asSealed, type Sealed, Vault } from './vault.js';
