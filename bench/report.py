# SPDX-License-Identifier: Apache-2.0
"""How bench/run shows its results: lines of a table, geometric means of the groups, JSON, and a drawing."""
import json
import math

TITLES = {"native": "native", "qemu": "qemu-aarch64", "cold": "dragoman cold", "dragoman": "warm"}
COLOURS = {"qemu": "#b0b0b0", "cold": "#80b0d8", "dragoman": "#2060a0"}


def ratio(row, way, against="native"):
    """Least time over least time; None where there is none."""
    a, b = row.get(way), row.get(against)
    return a / b if isinstance(a, int) and isinstance(b, int) and b > 0 else None


def median_ratio(row, way):
    a, b = row["median"].get(way), row["median"].get("native")
    return a / b if a and b else None


def heading(ways):
    text = "%-18s%13s" % ("", "native")
    for way in ways[1:]:
        text += "  %13s %8s" % (TITLES[way], "ratio")
    return text + "   median  tier 1  host/guest  translating: cold        warm"


def line(row, ways):
    text = ""
    for way in ways:
        figure = row.get(way, "-")
        text += ("%10.1f ms" % (figure / 1000) if isinstance(figure, int) else "%13s" % figure)
        if way != "native":
            r = ratio(row, way)
            text += " %7.2fx" % r if r else " %8s" % "-"
        text += "  "
    r = median_ratio(row, "dragoman")
    text += "%6.2fx" % r if r else "     -"
    inner = row.get("inside", {})
    time = inner.get("time")
    text += "  %5.1f%%" % (time["tier1"] * 100) if time else "       -"
    size = inner.get("host_instructions_per_guest_instruction")
    text += "  %10.2f" % size if size else "           -"
    for way, width in (("cold", 16), ("dragoman", 9)):
        counters = inner.get(way)
        text += "%*.1f ms" % (width, counters["translation_seconds"] * 1000) if counters else "%*s" % (width + 3, "-")
    return text


def geomean(values):
    return math.exp(sum(math.log(v) for v in values) / len(values)) if values else None


def geomeans(rows, ways):
    """A group's geometric means of the ratios to native, and its worst row; "all" is every row."""
    result = {}
    for group in list(dict.fromkeys(row["group"] for row in rows)) + ["all"]:
        members = [row for row in rows if group in ("all", row["group"]) and ratio(row, "dragoman")]
        if not members:
            continue
        worst = max(members, key=lambda row: ratio(row, "dragoman"))
        means = {way: geomean([ratio(row, way) for row in members if ratio(row, way)]) for way in ways[1:]}
        result[group] = {"rows": len(members), **{way: round(mean, 3) for way, mean in means.items() if mean},
                         "median": round(geomean([median_ratio(row, "dragoman") for row in members]), 3),
                         "worst": worst["name"], "worst_ratio": round(ratio(worst, "dragoman"), 3)}
    return result


def summary(results, ways):
    text = "\ngeometric means of the ratios to native\n%-13s %4s" % ("group", "rows")
    for way in ways[1:]:
        text += " %13s" % TITLES[way]
    text += "  %-8s %s\n" % ("median", "worst row, warm")
    for group, g in results["geomeans"].items():
        text += "%-13s %4d" % (group, g["rows"])
        for way in ways[1:]:
            text += " %12.2fx" % g[way] if way in g else " %13s" % "-"
        text += "  %7.2fx %s %.2fx\n" % (g["median"], g["worst"], g["worst_ratio"])
    ranked = sorted((row for row in results["rows"] if ratio(row, "dragoman")), key=lambda row: -ratio(row, "dragoman"))
    worst = ", ".join("%s %.2fx" % (row["name"], ratio(row, "dragoman")) for row in ranked[:12])
    return text + "worst first: " + worst


def to_json(results):
    """One row a line, so that a difference between two runs can be read."""
    head = {key: value for key, value in results.items() if key not in ("rows", "geomeans")}
    text = json.dumps(head, indent=1)[:-2] + ',\n "rows": [\n  '
    text += ",\n  ".join(json.dumps(row) for row in results["rows"])
    text += '\n ],\n "geomeans": {\n  '
    text += ",\n  ".join("%s: %s" % (json.dumps(name), json.dumps(g)) for name, g in results["geomeans"].items())
    return text + "\n }\n}\n"


def to_svg(results, ways):
    """A bar a way, the logarithm of the ratio to native; without the kernels' -O3 rows, which look like the others."""
    rows = [row for row in results["rows"] if not row["name"].endswith("-O3")]
    step = 8 * len(ways)
    height = 60 + len(rows) * step

    def x_of(r):
        return 190 + (math.log(r) / math.log(64) * 520 if r > 1 else 1)

    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="800" height="%d" font-family="sans-serif" font-size="10">' % height,
           '<rect width="100%" height="100%" fill="white"/>',
           '<text x="10" y="18" font-size="14">CPU time over native, arm64 programs on x86-64 (logarithmic, less is better)</text>']
    for i, way in enumerate(ways[1:]):
        title = {"cold": "dragoman, empty cache", "dragoman": "dragoman, warm"}.get(way, TITLES[way])
        out.append('<rect x="%d" y="28" width="10" height="10" fill="%s"/><text x="%d" y="37">%s</text>' %
                   (10 + i * 140, COLOURS[way], 25 + i * 140, title))
    for r in (1, 2, 4, 8, 16, 32, 64):
        out.append('<line x1="%.1f" y1="48" x2="%.1f" y2="%d" stroke="#e0e0e0"/><text x="%.1f" y="46" fill="#808080">%dx</text>' %
                   (x_of(r), x_of(r), height - 5, x_of(r) + 2, r))
    for i, row in enumerate(rows):
        y = 52 + i * step
        out.append('<text x="10" y="%d">%s</text>' % (y + step // 2, row["name"]))
        for k, way in enumerate(ways[1:]):
            r = ratio(row, way)
            top = y + k * 8
            if r:
                out.append('<rect x="190" y="%d" width="%.1f" height="7" fill="%s"/>' % (top, x_of(r) - 190, COLOURS[way]))
                out.append('<text x="%.1f" y="%d" font-size="8">%.2fx</text>' % (x_of(r) + 5, top + 7, r))
            elif way in row:
                out.append('<text x="195" y="%d" font-size="8" fill="%s">%s</text>' % (top + 7, COLOURS[way], row[way]))
    return "\n".join(out) + "\n</svg>\n"
