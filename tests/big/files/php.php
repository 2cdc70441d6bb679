<?php
// SPDX-License-Identifier: Apache-2.0
declare(strict_types=1);
final class Matrix implements ArrayAccess, IteratorAggregate, Countable {
    private array $rows = [];
    public function offsetExists(mixed $o): bool { return isset($this->rows[$o]); }
    public function offsetGet(mixed $o): mixed { return $this->rows[$o] ?? null; }
    public function offsetSet(mixed $o, mixed $v): void { if ($o === null) $this->rows[] = $v; else $this->rows[$o] = $v; }
    public function offsetUnset(mixed $o): void { unset($this->rows[$o]); }
    public function getIterator(): Iterator { yield from $this->rows; }
    public function count(): int { return count($this->rows); }
}
enum Suit: string { case Hearts = 'H'; case Spades = 'S'; public function label(): string { return ucfirst(strtolower($this->name)); } }
$m = new Matrix; for ($i = 0; $i < 100; $i++) $m[] = array_map(fn($j) => $i * $j % 11, range(0, 99));
$t = 0; foreach ($m as $i => $row) foreach ($row as $j => $v) $t += $v * ($i - $j); echo count($m), " $t\n";
function primes(int $n): Generator { $s = array_fill(0, $n + 1, true); for ($i = 2; $i <= $n; $i++) if ($s[$i]) { yield $i; for ($j = $i * $i; $j <= $n; $j += $i) $s[$j] = false; } }
echo array_sum(iterator_to_array(primes(50000), false)), "\n";
$n = 0; for ($i = 0; $i < 20000; $i++) { try { if ($i % 3 == 0) throw new DomainException((string)$i); $n += intdiv($i, $i % 2); } catch (DivisionByZeroError $e) { $n += 7; } catch (DomainException $e) { $n += strlen($e->getMessage()); } finally { $n++; } } echo "$n\n";
$s = str_repeat('dragoman ', 5000); foreach (['md5', 'sha1', 'sha256', 'sha512', 'sha3-256', 'crc32b', 'xxh3', 'murmur3f', 'whirlpool', 'adler32'] as $a) echo $a, ' ', hash($a, $s), "\n";
echo preg_replace_callback('/(\d+)([a-z]+)/', fn($x) => strrev($x[2]) . $x[1] * 2, '12abc 7de'), ' ', preg_match_all('/\b\w/u', 'été à la plage'), "\n";
echo json_encode(json_decode('{"a":[1,2.5,null],"b":{"c":"\u00e9"}}', true), JSON_UNESCAPED_UNICODE), ' ', serialize(['a' => 1.5, 'b' => [true]]), "\n";
printf("%.15g %s %s %s %d\n", M_PI, 0.1 + 0.2, 1e100, PHP_INT_MAX + 1, PHP_INT_MIN); var_dump(7 <=> 3, 2 ** 63, 7 % -3, fmod(7.5, 2), round(2.5), intdiv(-7, 2), "10" == "1e1", 0x7fffffffffffffff + 0);
$a = range(1, 5000); shuffle($a); sort($a); echo implode(',', array_slice($a, 0, 5)), ' ', md5(implode(',', $a)), "\n"; usort($a, fn($x, $y) => $y % 100 <=> $x % 100 ?: $x <=> $y); echo $a[0], ' ', $a[4999], "\n";
echo Suit::from('H')->label(), ' ', Suit::tryFrom('X')?->label() ?? 'none', ' ', match (true) { $t > 0 => 'plus', default => 'minus' }, "\n";
$f = new Fiber(function (int $x): string { $y = Fiber::suspend($x * 2); return "got $y"; }); $v = $f->start(21); $f->resume('resumed'); echo $v, ' ', $f->getReturn(), "\n";
for ($i = 0; $i < 300; $i++) { $o = new stdClass; $o->self = $o; $o->data = range(0, 500); } echo gc_collect_cycles() >= 0 ? "collected\n" : '';
mt_srand(42); echo mt_rand(), ' ', mt_rand(1, 6), ' ', date('Y-m-d H:i', 86400 * 365), ' ', (new DateTime('2024-02-29'))->modify('+1 year')->format('D j M Y'), "\n";
echo trim(shell_exec('echo from a child')), ' ', levenshtein('kitten', 'sitting'), ' ', similar_text('World', 'Word'), ' ', soundex('Robert'), "\n";
$pid = pcntl_fork(); if ($pid == 0) exit(5); pcntl_waitpid($pid, $st); echo pcntl_wexitstatus($st), "\n"; pcntl_async_signals(true); pcntl_signal(SIGUSR1, function () { echo "usr1\n"; }); posix_kill(getmypid(), SIGUSR1);
