#!/usr/bin/env node
'use strict';
import a, { b as c, type D, default as E } from './x';
import * as ns from "y";
import /* what */ type { T } from 'z'; // why
import 'side';
import fs = require('fs');
import Q = A.B.C;
export { a, c as d };
export * from 'q';
export * as w from 'q';
export default class Foo extends Bar<X> implements I, J.K<L> { }
export const k = 1, l: string = 'x\n\u0041y\x41\
z';
declare module 'foo' { export const z: number; }
declare global { interface Window { a: 1 } }
namespace A.B.C { let x = 1; }
export namespace N { export const n = 'n'; }
declare function f(a: string): void;
function g<T extends U = V>(this: X, b = 2, { c, d: e = 3, ...r }: P = {}, [h, , i = 1, ...j]: number[], a?: number, ...k: string[]): asserts a is B { }
function is(x: unknown): x is string { return typeof x === 'string'; }
abstract class C<T> {
  @dec() private static readonly x: number = 1; declare y?: string; #z = 2; static { a(); }
  constructor(private readonly a: A, @Inject(B) public b: B) { super(); }
  get p(): number { return this.#z } set p(v) { } static async *gen() { } abstract m(): void; [Symbol.iterator]() { } 'quoted'() {} 12() {}
  [key: string]: any;
  handler = async (x) => await x;
  over(a: number): void; over(a) {}
  abstract q: string;
  @Get('/a') route(@Param('b') c: string) {}
}
enum E1 { A, B = 'b', 'C-D' = 3, ['x'] = 4 }
declare const enum E2 { Z }
interface I<T> extends J, K.L<M> { a: string; b?(x: number): void; readonly c: T[]; [k: string]: unknown; (x: number): string; new (y: string): I; get z(): number; set z(v: number); method(): this; 'quo': 1; [computed]: 2 }
type A1 = 'a' | 'b' | `t-${string}`; type B1 = { [K in keyof T as `x${K}`]?: T[K] }; type C1 = A extends infer U ? U : never;
type D1 = [a: string, b?: number, ...c: X[]]; type D2 = [string?, ...Y]; type E3 = typeof x.y; type F1 = import('m').N;
type G = (a: string, ...r: any[]) => void; type H = new () => X; type H2 = abstract new () => X;
type I1 = readonly string[]; type J1 = unique symbol; type K1 = (A | B)[]; type L1 = A & B; type M1 = -1; type N1 = A['b'][number];
type O1 = (x: any) => x is string; type Q1 = | 'a' | 'b'; type R = null | undefined | true | 1 | void | never | object | symbol | bigint;
type S = A.B.C<D>; type U1 = this; type V = keyof T; type W = typeof import('x'); type X1 = { -readonly [K in T]-?: U; };
@Comp({ a: 1 }) class De { @Input() x; @dec m(@P() a) { } }
@dec export class De2 {}
export type { T } from './t';
export abstract class AC {}
export declare const dc: string;
export interface DI { a: { b: 'c', d(): void } }
