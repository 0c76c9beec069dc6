const a = <A.B c="d" e={f} {...g} h:i="j" k l="a&amp;b\n"><L /> text {m} {/* c */} {...n} <></> &nbsp; <div>{`x`}</div></A.B>;
const b = <>x</>; const c = <T,>(x: T) => x; <Foo<Bar> a=<b/> />; <a-b x-y='1' onClick={() => { f('g') }} />;
<Trans>
  hello <b>x</b> it's world
  &amp; {on ? <p>a</p> : null} {list.map((one) => <li key={one}>{one}</li>)}
</Trans>;
export default function Page({ flags }: Props) { return flags.a ? <New /> : <Old {...props} />; }
