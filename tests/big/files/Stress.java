// SPDX-License-Identifier: Apache-2.0

import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.stream.*;

/** Eight threads: allocation, garbage collection, locks, atomics, exceptions, null-pointer and divide traps, deep stacks. */
public class Stress {
	static final class Node { Node next; int[] data; Node(Node n, int size) { next = n; data = new int[size]; } int sum() { return data.length; } }
	static volatile Node sink;
	static long allocate(int id) {
		Random r = new Random(id); long total = 0; Node[] live = new Node[256];
		for (int i = 0; i < 150000; i++) { int s = r.nextInt(256); live[s] = new Node(i % 17 == 0 ? null : live[(s + 1) & 255], r.nextInt(64)); total += live[s].data.length; if (i % 31 == 0) live[s].next = null; }
		return total;
	}
	static int nulls(Node n) { return n.next.sum(); }
	static long traps(int id) {
		long npe = 0, div = 0, idx = 0, cast = 0, ok = 0; Node full = new Node(new Node(null, 5), 3), empty = new Node(null, 1); Object[] os = { "s", 1, 2L };
		for (int i = 0; i < 60000; i++) {
			try { ok += nulls(i % 3 == 0 ? empty : full); } catch (NullPointerException e) { npe++; }
			try { ok += 100 / (i % 5); } catch (ArithmeticException e) { div++; }
			try { ok += full.data[i % 4]; } catch (ArrayIndexOutOfBoundsException e) { idx++; }
			if (i % 10 == 0) try { ok += ((String) os[i / 10 % 3]).length(); } catch (ClassCastException e) { cast++; }
		}
		return npe * 1000003 + div * 10007 + idx * 101 + cast * 11 + ok;
	}
	static int depth(int n) { return depth(n + 1) + 1; }
	static final Object lock = new Object(); static int counter; static int turn;
	static void monitors(int id, int n) throws Exception {
		for (int i = 0; i < n; i++) synchronized (lock) { counter++; }
		for (int i = 0; i < 200; i++) synchronized (lock) { while (turn % 8 != id) lock.wait(); turn++; lock.notifyAll(); }
	}
	static double floats(int id) { double d = 0; for (int i = 1; i < 300000; i++) { d += Math.sin(i + id) / i + Math.fma(i, 1e-7, d * 1e-9) + (float) i / 3f + Math.sqrt(i) * 1e-6 + (long) (i * 1.7e3) % 3; } return d; }
	public static void main(String[] a) throws Exception {
		ExecutorService pool = Executors.newFixedThreadPool(8); List<Future<String>> fs = new ArrayList<>();
		AtomicLong shared = new AtomicLong(); LongAdder adder = new LongAdder(); ConcurrentHashMap<Integer, Integer> map = new ConcurrentHashMap<>();
		for (int t = 0; t < 8; t++) { final int id = t; fs.add(pool.submit(() -> {
			String s = id + " " + allocate(id) + " " + traps(id); monitors(id, 20000);
			for (int i = 0; i < 20000; i++) { shared.incrementAndGet(); adder.increment(); map.merge(i % 97, 1, Integer::sum); }
			try { depth(0); s += " no overflow"; } catch (StackOverflowError e) { s += " overflow"; }
			return s + " " + floats(id); })); }
		for (Future<String> f : fs) System.out.println(f.get());
		pool.shutdown(); System.out.println(pool.awaitTermination(5, TimeUnit.SECONDS));
		System.out.println(counter + " " + turn + " " + shared + " " + adder + " " + map.values().stream().mapToInt(i -> i).sum() + " " + map.get(5));
		System.out.println(IntStream.range(0, 200000).parallel().mapToObj(Integer::toHexString).filter(x -> x.contains("ab")).collect(Collectors.joining()).hashCode());
		System.gc(); Thread v = new Thread(() -> { try { Thread.sleep(100000); } catch (InterruptedException e) { System.out.println("interrupted"); } }); v.start(); Thread.sleep(20); v.interrupt(); v.join();
		java.security.MessageDigest md = java.security.MessageDigest.getInstance("SHA-256"); byte[] b = new byte[1 << 20]; for (int i = 0; i < 5; i++) md.update(b);
		System.out.println(HexFormat.of().formatHex(md.digest())); System.out.println(new java.math.BigInteger("3").pow(3000).mod(new java.math.BigInteger("1000000007")) + " " + String.format("%.10e %s", Math.PI * 1e20, 0.1 + 0.2));
		java.util.zip.CRC32 crc = new java.util.zip.CRC32(); crc.update(b); System.out.println(crc.getValue());
	}
}
