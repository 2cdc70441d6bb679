# SPDX-License-Identifier: Apache-2.0
#
# What the tests of the persistent cache share: running dragoman with a cache directory and reading its statistics.

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time

DRAGOMAN = os.environ["DRAGOMAN"]
BUILD = os.environ["BUILD"]
TREE = os.environ["TREE"]
GUEST = BUILD + "/guest/"
WORK = os.getcwd()
SMALL = GUEST + "text_patch"
MEDIUM = GUEST + "sorting"
# SEED=n repeats a run; CACHE_LONG=1 is the long form of the tests that have one
SEED = int(os.environ.get("SEED", "1"))
LONG = bool(os.environ.get("CACHE_LONG"))
# DRAGOMAN_REGIONS=eager lets cases run with regions of all loops. What is recorded and compiled for them differs from run to run,
# so without it, units are a better measure of what the cache gives.
REGIONS = os.environ.get("DRAGOMAN_REGIONS", "off")
ALMOST = 0.97 if REGIONS == "off" else 0.5
FEW = 40  # units of the vDSO and of addresses that only a run finds out
regions = REGIONS
current = ""
failed = False


def fail(text):
    global failed
    failed = True
    print(f"{current}: {text}")
    sys.stdout.flush()


def environment(directory, **changes):
    """The environment with a cache directory (None: none is named)."""
    env = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "DRAGOMAN_CACHE": directory, "DRAGOMAN_REGIONS": regions}
    env.update(changes)
    return {name: value for name, value in env.items() if value is not None}


class Result:
    """How a run ended, and what -d stats said: loaded (in place or copied), stale, saved, translated (what the cache did not
    have), units (all)."""

    def __init__(self, status, output, error, log):
        self.status, self.output, self.error, self.log = status, output, error, log
        self.loaded, self.stale, self.saved, self.translated = statistics(log) or (-1, -1, -1, -1)
        self.units = self.loaded + self.translated


def all_statistics(log):
    """(loaded, stale, saved, translated) of each process in a log of -d stats=json."""
    found = []
    for line in log.splitlines():
        if line.startswith('{"process"'):
            numbers = json.loads(line)
            cached = numbers["cache"]
            found.append((cached["units"] + cached["units_in_place"], cached["stale"], cached["saved"],
                          sum(tier["units"] for tier in numbers["tiers"])))
    return found


def statistics(log):
    found = all_statistics(log)
    return found[-1] if found else None


def run(directory, *command, before=(), items="stats=json,cache", timeout=100, **changes):
    """Runs an arm64 command under dragoman, `before` in front of it all."""
    log = f"{WORK}/log"
    if os.path.exists(log):
        os.unlink(log)
    process = subprocess.run([*before, DRAGOMAN, "-d", items, "-D", log, *command], env=environment(directory, **changes),
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)
    return Result(process.returncode, process.stdout, process.stderr, open(log).read() if os.path.exists(log) else "")


def cache(directory, *command, before=(), timeout=280, **changes):
    """dragoman cache COMMAND: (status, standard output, standard error)"""
    process = subprocess.run([*before, DRAGOMAN, "cache", *command], env=environment(directory, **changes), timeout=timeout,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    # where that takes long, lines of its progress
    error = re.sub(r"^ +\d+ %  .* ETA .*\n", "", process.stderr.decode(), flags=re.M)
    return process.returncode, process.stdout.decode(), error


def native(name, *arguments):
    return subprocess.run([BUILD + "/guest-native/" + name, *arguments], stdout=subprocess.PIPE).stdout


def expect(what, result, status=0, output=None):
    if result.status != status or result.error:
        fail(f"{what}: status {result.status}, expected {status}: {result.output[-200:]} {result.error[-200:]}")
    if output is not None and result.output != output:
        fail(f"{what}: output {result.output[-200:]}, expected {output[-200:]}")


def expect_warm(what, result, almost=ALMOST):
    """(Nearly) all units came from the cache."""
    expect(what, result)
    if result.loaded < result.units * almost or result.stale:
        fail(f"{what}: {result.loaded} of {result.units} units from the cache, {result.stale} stale")


def expect_cold(what, result):
    expect(what, result)
    if result.loaded:
        fail(f"{what}: {result.loaded} units came from the cache")


def expect_sound(directory, *options):
    status, output, error = cache(directory, "verify", *options)
    if status or ", 0 damaged" not in output:
        fail(f"cache verify: {output} {error}")


def fresh(name="cache"):
    directory = f"{WORK}/{name}"
    shutil.rmtree(directory, ignore_errors=True)
    return directory


def files(directory):
    return sorted(glob.glob(directory + "/*.units"))


def settled_copy(path, to):
    """A program that was changed just now is not cached: a further change could have the same time stamp."""
    shutil.copy(path, to)
    time.sleep(0.05)
    return to


def mounts_work():
    return os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode == 0


def without_regions(case):
    """A case in which another run finds just what one has left, or what `dragoman cache` has made, which makes no regions."""
    case.regions = "off"
    return case


def run_cases(cases):
    """Runs the cases that the command line names, or all; ends the test."""
    global current, regions
    for case in cases:
        current = case.__name__
        regions = getattr(case, "regions", REGIONS)
        if sys.argv[1:] and current not in sys.argv[1:]:
            continue
        began = time.monotonic()
        case()
        if os.environ.get("CACHE_TIMES"):
            print(f"{current}: {time.monotonic() - began:.1f} s")
    sys.exit(1 if failed else 0)
