/** Node modules that few scans need. They are loaded at the first use: each takes some milliseconds. */
export const crypto = () => process.getBuiltinModule('node:crypto');
export const zlib = () => process.getBuiltinModule('node:zlib');
export const v8 = () => process.getBuiltinModule('node:v8');
export const childProcess = () => process.getBuiltinModule('node:child_process');
export const vm = () => process.getBuiltinModule('node:vm');
