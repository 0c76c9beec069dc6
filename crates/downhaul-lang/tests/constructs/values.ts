let x = (a ?? b) || c && d + e === f, y = !z, q = -1, t = typeof u, v = void 0, w = a ? b : c;
x = 1; x += 2; x ??= 3; [a, b] = c; ({ a, b: c.d, e = 1, ...f } = g); x++; --y; (x as number)++; delete a.b; (a as any) = 1;
a.b?.c?.[d]?.(e); a!.b; a as B; a as const; <T>x; a satisfies S; new Foo; new Foo<T>(1, ...r); f<T>(x); f`a${b}c`; import('x'); import.meta.url;
`a${b}c${d}`; `${e}`; ``; /re/g; 1n; 0x1; null; undefined; this; true; 'a' in b; a instanceof B; "it's"; 'it\'s'; "";
({ a, b: 1, 'c': 2, [d]: 3, e() { }, get f() { return 1 }, set f(v) { }, async *g() { }, ...h, 1: 2, async: true, async i(){} });
[1, , ...a]; (a, b); async x => x; async (a, b) => { }; () => ({}); function* gen() { yield; yield* a; yield b } (function named() { });
const K = class extends (a, b) {};
if (a) b; else if (c) { d } else e
for (let i = 0, n = 1; i < n; i++) { continue } for (;;) break; for (const a of b) { } for (var k in o) { } for ({a} of b) ; for (const [p, q] of r) {}
while /* so */ (a) { } do x(); while (y)
switch (a) { case 1: case 'b': f(); break; default: g() }
try { a } catch (e) { b } finally { c } try { } catch { } try {} catch (e: unknown) {} try {} catch ({ message }) {}
lbl: for (;;) { break lbl } throw new Error('x'); debugger; ;
const { a1, b: { c1 = 1 }, [d]: e1, ...f1 } = g; const [h = 1, [i], , ...j] = k; var u1, u2: string;
await x; f(a => a, function () {}); a ||= b; (a as any).b = 1; (<any>a).c = 2; x = y = z;
let z1: typeof a; let z2: Array<Map<string, Foo.Bar>>; let d1!: string; let o1: { a: 1, b(): void };
foo(/* c */ a, // d
 b);
a.b<c>(d); a?.b!.c; new (foo())(); new a.b.c(); async function af() { for await (const x of y) {} return await z; }
class P { #p; has(o) { return #p in o; } go() { return super.go(); } constructor() { new.target; } }
if (flags.a && (flags['b'] || isOn(Flag.C))) { x = () => { y = 1; }; }
export default async () => {};
