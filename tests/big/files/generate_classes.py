# SPDX-License-Identifier: Apache-2.0
#
# usage: generate_classes.py FOLDER N: N Java classes, each using the one before, and a Main.
import os,sys
d=sys.argv[1]; n=int(sys.argv[2]); os.makedirs(d,exist_ok=True)
for i in range(n):
    dep = f"C{i-1}" if i else None
    open(f"{d}/C{i}.java","w").write(f'''package gen;
import java.util.*;
import java.util.function.*;
public class C{i} implements Comparable<C{i}> {{
    private final int value; private final List<String> names = new ArrayList<>();
    enum Kind {{ A, B, C{i}K }}
    record Point(int x, double y) {{ double sum() {{ return x + y; }} }}
    public C{i}(int v) {{ value = v; for (int k = 0; k < {i%7+1}; k++) names.add("n" + k + ":" + v); }}
    @Override public int compareTo(C{i} o) {{ return Integer.compare(value, o.value); }}
    <T extends Comparable<T>> T max(Collection<? extends T> c) {{ T b = null; for (T t : c) if (b == null || t.compareTo(b) > 0) b = t; return b; }}
    public long compute(int depth) {{
        Function<Integer,Integer> f = x -> x * {i+3} + value; Supplier<String> s = () -> String.join(",", names);
        long r = f.apply({i}) + s.get().length() + (long) new Point({i}, {i}.5).sum() + max(List.of(3,{i},2));
        switch (Kind.values()[{i%3}]) {{ case A -> r += 1; case B -> r ^= 0x{i:x}; default -> r -= {i}L << 3; }}
        try {{ if (depth == {i}) throw new IllegalStateException("d" + depth); r += {f"new C{i-1}(value + 1).compute(depth)" if dep else "0"}; }}
        catch (IllegalStateException e) {{ r += e.getMessage().hashCode(); }}
        return r;
    }}
}}
''')
open(f"{d}/Main.java","w").write(f'''package gen;
public class Main {{ public static void main(String[] a) {{ long t = 0; for (int i = 0; i < {n}; i += 5) t = t * 31 + new C{n-1}(i).compute(i); System.out.println("total " + t); }} }}
''')
