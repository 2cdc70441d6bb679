# SPDX-License-Identifier: Apache-2.0
"""What one run under dragoman was spent on: its own counters (-d stats=json), and samples (dragoman profile -json);
docs/profiling.md has their keys."""
import json


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


def profile(path):
    """From the samples of `dragoman profile`: shares of the time, and the size of the code that it was spent in."""
    with open(path, encoding="utf-8") as file:
        found = json.load(file)
    if not found["samples"]:
        return {}
    shares = found["shares"]
    # what the profiler itself costs would not be there without it
    whole = 1 - sum(shares.pop("recording").values())
    if whole <= 0:
        return {}
    time = {"tier0": shares["tier0"]["user"], "tier1": shares["tier1"]["user"],
            "translation": shares["translation"]["user"] + shares["cache"]["user"],
            "kernel": sum(part["kernel"] for part in shares.values())}
    time["runtime"] = max(0, whole - sum(time.values()))
    return {"time": {name: round(share / whole, 4) for name, share in time.items()},
            "host_instructions_per_guest_instruction": found["host_instructions_per_guest_instruction"]}
