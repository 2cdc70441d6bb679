#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes one large C file of the benchmark kernels, for measuring a compiler: each kernel's names get a suffix of its own.

usage: large_source.py COPIES KERNEL.c... >large.c
"""
import re
import subprocess
import sys

HEADERS = "math.h pthread.h sched.h stdint.h stdio.h stdlib.h string.h".split()
KEYWORDS = """auto break case char const continue default do double else enum extern float for goto if inline int long
    register return short signed sizeof static struct switch typedef union unsigned void volatile while""".split()
TOKEN = re.compile(r'#\s*\w+|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|\b[0-9][\w.]*|\b[A-Za-z_]\w*', re.DOTALL)


def names_of_headers():
    """Keywords and the names that the headers declare or define, which must stay as they are."""
    names = set(KEYWORDS)
    source = "".join("#include <%s>\n" % header for header in HEADERS)
    for options, pattern in ((["-E", "-P"], r"[A-Za-z_]\w*"), (["-E", "-dM"], r"(?m)^#define (\w+)")):
        text = subprocess.run(["gcc", "-std=gnu17", "-D_GNU_SOURCE", *options, "-"], input=source, text=True,
                              capture_output=True, check=True).stdout
        names.update(re.findall(pattern, text))
    return names


def renamed(text, suffix, kept):
    def one(match):
        word = match.group()
        if not (word[0].isalpha() or word[0] == "_") or word.startswith(("kernel_", "__")) or word == "COUNT":
            return word
        return word if word in kept else word + suffix
    lines = [line for line in text.split("\n") if not line.startswith("#include")]
    return TOKEN.sub(one, "\n".join(lines))


def main():
    kept = names_of_headers()
    print("#define _GNU_SOURCE")
    print("".join("#include <%s>\n" % header for header in HEADERS) + '#include "kernel.h"')
    for copy in range(int(sys.argv[1])):
        for number, path in enumerate(sys.argv[2:]):
            with open(path, encoding="utf-8") as file:
                print(renamed(file.read(), "_%d_%d" % (number, copy), kept))


main()
