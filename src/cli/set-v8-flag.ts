/** Outside.setFlag(), as it is in a process of its own. */
export function setV8Flag(flag: string): void {
  process.getBuiltinModule('node:v8').setFlagsFromString(flag);
}
