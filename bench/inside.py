# SPDX-License-Identifier: Apache-2.0
"""What one run under dragoman was spent on: its own counters (-d stats=json), and samples of perf by the tier of the code
that was running (-perfmap)."""
import json
import os
import re
import shutil
import subprocess


def counters(path):
    """Sums of the counters of all processes of a run; None if there are none."""
    try:
        with open(path, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file if line.startswith("{")]
    except (OSError, ValueError):
        return None
    if not lines:
        return None
    result = {"translation_seconds": round(sum(line["translation_seconds"] for line in lines), 6)}
    for name, parts in (("tier0", [line["tiers"][0] for line in lines]), ("tier1", [line["tiers"][1] for line in lines]),
                        ("cache", [line["cache"] for line in lines])):
        instructions = sum(part["guest_instructions"] for part in parts)
        if instructions > 0:
            result[name] = {"guest_instructions": instructions,
                            "cycles_per_instruction": round(sum(part["cycles"] for part in parts) / instructions),
                            "bytes_per_instruction": round(sum(part["code_bytes"] for part in parts) / instructions, 1)}
    return result


def perf():
    """The command that samples, or None where there is no perf."""
    return shutil.which("perf")


def shares_of_time(data):
    """Shares of a recording's samples: in code of each tier, in the translator itself, in the kernel. Removes the maps
    that the recorded processes wrote."""
    text = subprocess.run([perf(), "script", "-i", data, "--show-task-events", "-F", "pid,ip,sym"], capture_output=True,
                          text=True, errors="replace", check=False).stdout
    for process in set(re.findall(r"PERF_RECORD_(?:FORK|EXIT|COMM)\((\d+):", text) + re.findall(r"(?m)^\s*(\d+)\s", text)):
        try:
            os.unlink("/tmp/perf-%s.map" % process)
        except OSError:
            pass
    counts = {"tier0": 0, "tier1": 0, "translator": 0, "kernel": 0}
    for address, symbol in re.findall(r"(?m)^\s*\d+\s+([0-9a-f]+) (.*)$", text):
        tier = re.search(r" tier([01])\b", symbol)
        if tier:
            counts["tier" + tier.group(1)] += 1
        else:
            counts["kernel" if int(address, 16) >> 63 else "translator"] += 1
    total = sum(counts.values())
    return {name: round(count / total, 4) for name, count in counts.items()} if total else None
