// SPDX-License-Identifier: Apache-2.0

using System; using System.Collections.Generic; using System.Linq; using System.Threading; using System.Threading.Tasks; using System.Security.Cryptography; using System.Text;
class Node { public Node Next; public int[] Data; public int Length() { return Data.Length; } }
static class Program {
	static int counter; static object gate = new object();
	static int Depth(int n) { return n == 0 ? 0 : Depth(n - 1) + 1; }
	static string Traps(int id) {
		int n = 0, d = 0, x = 0, c = 0; Node full = new Node { Data = new int[3] }, empty = new Node(); object[] os = { "s", 1, 2L };
		for (int i = 0; i < 3000; i++) {
			try { (i % 2 == 0 ? empty : full).Data[i % 4]++; } catch (NullReferenceException) { n++; } catch (IndexOutOfRangeException) { x++; }
			try { x += 100 / (i % 5); } catch (DivideByZeroException) { d++; }
			try { x += ((string) os[i % 3]).Length; } catch (InvalidCastException) { c++; }
		}
		return id + ": " + n + " " + d + " " + x + " " + c;
	}
	static IEnumerable<long> Fibonacci() { long a = 0, b = 1; while (true) { yield return a; var t = a + b; a = b; b = t; } }
	static async Task<int> Later(int i) { await Task.Delay(i); return i * i; }
	static void Main() {
		var threads = Enumerable.Range(0, 8).Select(i => { string r = null; var t = new Thread(() => { r = Traps(i); for (int k = 0; k < 10000; k++) { lock (gate) counter++; Interlocked.Increment(ref total); } }); t.Start(); return (Func<string>)(() => { t.Join(); return r; }); }).ToList();
		foreach (var t in threads) Console.WriteLine(t());
		Console.WriteLine(counter + " " + total);
		Console.WriteLine(string.Join(",", Fibonacci().Where(f => f % 2 == 0).Take(10)));
		Console.WriteLine(Task.WhenAll(Enumerable.Range(0, 10).Select(Later)).Result.Sum());
		var live = new Node[64]; var random = new Random(5); for (int i = 0; i < 200000; i++) live[random.Next(64)] = new Node { Data = new int[random.Next(50)], Next = i % 13 == 0 ? null : live[i % 64] };
		GC.Collect(); Console.WriteLine(live.Count(v => v != null) + " " + Depth(10000));
		var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("dragoman ", 5000)));
		Console.WriteLine(BitConverter.ToString(SHA256.Create().ComputeHash(text)).Replace("-", ""));
		double s = 0; for (int i = 1; i < 200000; i++) s += Math.Sin(i) / i + Math.Sqrt(i) * 1e-6; Console.WriteLine(s.ToString("R"));
		decimal m = 1m; for (int i = 1; i < 20; i++) m *= 1.5m; Console.WriteLine(m + " " + (0.1 + 0.2).ToString("R") + " " + long.MaxValue + " " + unchecked(int.MaxValue + 1));
		try { checked { int q = int.MaxValue; q++; } } catch (OverflowException) { Console.WriteLine("overflow"); }
	}
	static int total;
}
