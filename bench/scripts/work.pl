# SPDX-License-Identifier: Apache-2.0
# A mixture of what perl programs do: hashes, regular expressions, sorting, string building, arithmetic.
use strict;
use warnings;

my (%count, @lines);
for my $i (1 .. 40000) {
	push @lines, sprintf("%05d host%d GET /path/%d/page%d.html %d", $i, $i % 37, $i % 11, $i * 7919 % 1009, $i * 31 % 5000);
}
my $bytes = 0;
for (@lines) {
	if (m{^(\d+) (\w+) GET /path/(\d+)/(page\d+)\.html (\d+)$}) {
		$count{$2}{$4}++;
		$bytes += $5;
	}
}
my @top = sort { keys %{ $count{$b} } <=> keys %{ $count{$a} } || $a cmp $b } keys %count;
print "$bytes $top[0] ", scalar(@top), "\n";
my $text = join "\n", @lines[0 .. 9999];
(my $changed = $text) =~ s/page(\d+)/"p" . ($1 * 2)/ge;
print length($changed), " ", ($changed =~ tr/0-9//), "\n";
my $x = 1;
for my $i (1 .. 600000) {
	$x = ($x * 1103 + $i) % 1000003;
}
print "$x\n";
my @sorted = sort { $a <=> $b } map { $_ * 7919 % 100003 } 1 .. 60000;
print "$sorted[100] $sorted[-1]\n";
