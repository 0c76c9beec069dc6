// What a program does is what it notes here.
export function t(number, value) {
  const { trace } = globalThis.behaviour;
  if (trace.push([number, value]) > 3000) {
    throw new Error('the program does not end');
  }
  return value;
}
