class A extends B { x = 1; static y = 2; #z; get p() { return 1 } static { } 'q' = 1; static async m() {} constructor() { super() } }
const a = <div a="b" c>{d}</div>; function f(a, b = 1, { c }, ...d) { } x => x; module.exports = { a }; exports.b = 1; require('x'); for (const a in b); import x from 'y' with { type: 'json' };
let of = 1; undefined; (function (undefined) {});
class Q { @d x = 1; @e m() {} }
@dec export default class R { static get s() { return 't'; } }
