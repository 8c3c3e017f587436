/** Outside.setFlag() of the real program. */
export function setV8Flag(flag: string): void {
  process.getBuiltinModule('node:v8').setFlagsFromString(flag);
}
