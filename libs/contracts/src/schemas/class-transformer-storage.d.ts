/** The package has the types of its metadata storage, but not beside the file that Node loads. */
declare module 'class-transformer/cjs/storage.js' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage.js';
}
