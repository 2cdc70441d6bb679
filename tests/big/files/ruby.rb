# SPDX-License-Identifier: Apache-2.0

require 'digest'; require 'zlib'; require 'json'; require 'set'; require 'socket'; require 'openssl'
class Tree
  include Enumerable
  Node = Struct.new(:key, :left, :right)
  def insert(k) = @root = put(@root, k)
  def put(n, k)
    return Node.new(k) unless n
    k < n.key ? n.left = put(n.left, k) : (n.right = put(n.right, k) if k > n.key)
    n
  end
  def each(&b) = walk(@root, &b)
  def walk(n, &b) = n && (walk(n.left, &b); b.call(n.key); walk(n.right, &b))
end
t = Tree.new; x = 12345; 3000.times { t.insert(x = (x * 1103515245 + 12345) & 0x7fffffff) }
puts t.count, t.first(3).inspect, t.each_slice(500).map(&:sum).inspect
q = Queue.new; ths = 8.times.map { |i| Thread.new { 500.times { |j| q << i * j; Thread.pass if j % 50 == 0 } } }; ths.each(&:join)
puts q.size, Array.new(q.size) { q.pop }.sum
f = Fiber.new { |a| loop { a = Fiber.yield a * 2 } }; puts (1..1000).map { |i| f.resume(i) }.sum
e = Enumerator.new { |y| a, b = 0, 1; loop { y << a; a, b = b, a + b } }; puts e.lazy.select(&:even?).first(10).inspect, e.take(300).last
puts (1..200).inject(:*).to_s.hash.class, 3**500 % 1_000_000_007, 2.0**0.5, 1e23, 0.1 + 0.2, 10.fdiv(3), (7**-2).inspect, Integer.sqrt(10**40)
n = 0; 20000.times { |i| begin; raise ArgumentError, i.to_s if i.odd?; [].fetch(i) ; rescue ArgumentError, IndexError => ex; n += ex.message.size; ensure n += 1; end }; puts n
def deep(n) = deep(n + 1)
begin; deep(0); rescue SystemStackError => e; puts e.message; end
puts catch(:done) { 100.times { |i| throw :done, i if i == 42 } }
s = 'dragoman ' * 5000; puts Digest::SHA256.hexdigest(s), Digest::MD5.hexdigest(s), Zlib.crc32(s), Zlib::Inflate.inflate(Zlib::Deflate.deflate(s)) == s
puts OpenSSL::HMAC.hexdigest('sha512', 'k', s)[0, 40], 'Ünïcödé'.upcase, 'x1y22'.gsub(/\d+/) { |d| d.to_i * 2 }, 'añb'.unpack('U*').inspect
puts JSON.parse(JSON.generate({ 'a' => [1, 2.5, nil, true], 'b' => { 'c' => 'é' } })).inspect
GC.stress = false; 200.times { Array.new(2000) { |i| "s#{i}" } }; GC.start; GC.compact if GC.respond_to?(:compact) rescue puts 'no compaction'
r, w = IO.pipe; pid = fork { r.close; w.puts "child #{(1..1000).sum}"; exit!(3) }; w.close; puts r.read; Process.wait(pid); puts $?.exitstatus
puts `echo shell $((6*7))`; trap('USR1') { puts 'usr1' }; Process.kill('USR1', Process.pid); sleep 0.05
ractors = 3.times.map { |i| Ractor.new(i) { |k| (1..20000).sum { |v| v * k } } }; puts ractors.map(&:take).inspect
srv = TCPServer.new('127.0.0.1', 0); th = Thread.new { 5.times { c = srv.accept; c.write(c.gets.reverse); c.close } }
puts 5.times.map { |i| c = TCPSocket.new('127.0.0.1', srv.addr[1]); c.puts "hello#{i}"; c.read.strip }.inspect; th.join
m = Array.new(40) { |i| Array.new(40) { |j| (i * j) % 7 + 0.5 } }; p m.transpose.zip(m).sum { |a, b| a.zip(b).sum { |u, v| u * v } }
printf("%.3f %05d %s %x\n", Math::PI, 42, :sym, 255); puts [3, 1, 2].sort_by { -_1 }.inspect, (case [1, [2, 3]]; in [a, [b, *c]] then [a, b, c] end).inspect
