"""Measures where mupdf and poppler place the characters of our PDFs against where the layout put them.

    python3 tests/readers/places.py FOLDER

FOLDER holds pairs NAME.pdf and NAME.json; the latter is a list of pages, each a list of runs with x,
baseline, size, face and chars, which are pairs of a character and its x. Prints the greatest differences
in points as JSON, and how many characters and words were compared."""

import collections
import json
import pathlib
import statistics
import subprocess
import sys
import xml.etree.ElementTree as tree

import pymupdf


def is_seen(c):
    return not c.isspace() and c not in "\u3000\ufeff"


def ours(page):
    """The characters of a page: character → list of (x, baseline, face, size)."""
    found = collections.defaultdict(list)
    for run in page:
        for c, x in run["chars"]:
            if is_seen(c):
                found[c].append((x, run["baseline"], run["face"], run["size"]))
    return found


def by_mupdf(page):
    """Where mupdf has the characters, and how many of them are the box for a glyph that is missing."""
    found, boxes = collections.defaultdict(list), 0
    for span in page.get_texttrace():
        for code, glyph, origin, _ in span["chars"]:
            if is_seen(chr(code)):
                boxes += glyph == 0
                found[chr(code)].append(origin)
    return found, boxes


def by_poppler(path):
    """The words of each page: text, left edge, upper edge."""
    said = subprocess.run(
        ["pdftotext", "-bbox", str(path), "-"], check=True, capture_output=True
    ).stdout.decode()
    said = "".join(c for c in said if c >= " " or c in "\n\t")
    for page in tree.fromstring(said).iter("{http://www.w3.org/1999/xhtml}page"):
        yield [(w.text or "", float(w.get("xMin")), float(w.get("yMin"))) for w in page]


def nearest(places, x, y):
    """The place that is nearest to a point; of one with a size what is about its upper edge counts."""

    def distance(place):
        upper = place[1] - 0.9 * place[3] if len(place) > 2 else place[1]
        return max(abs(place[0] - x), abs(upper - y))

    return min(places, key=distance)


folder = pathlib.Path(sys.argv[1])
said = {"characters": 0, "words": 0, "mupdf_x": 0.0, "mupdf_baseline": 0.0, "poppler_x": 0.0}
said.update({"poppler_baseline": 0.0, "boxes": 0, "wrong": []})
rises = collections.defaultdict(list)
for listed in sorted(folder.glob("*.json")):
    pages = json.loads(listed.read_text(encoding="utf-8"))
    path = listed.with_suffix(".pdf")
    document = pymupdf.open(path)
    words = list(by_poppler(path))
    if not len(document) == len(words) == len(pages):
        said["wrong"].append(f"{path.name}: {len(document)} and {len(words)} pages of {len(pages)}")
        continue
    for number, (runs, page, of_poppler) in enumerate(zip(pages, document, words), 1):
        own = ours(runs)
        theirs, boxes = by_mupdf(page)
        said["boxes"] += boxes
        for c in own.keys() | theirs.keys():
            if len(own[c]) != len(theirs[c]):
                said["wrong"].append(f"{path.name} page {number}: {c!r} {len(theirs[c])} of {len(own[c])}")
                continue
            for x, y, _, _ in own[c]:
                there = nearest(theirs[c], x, y)
                said["characters"] += 1
                said["mupdf_x"] = max(said["mupdf_x"], abs(there[0] - x))
                said["mupdf_baseline"] = max(said["mupdf_baseline"], abs(there[1] - y))
        for text, x, y in of_poppler:
            if not text or not is_seen(text[0]):
                continue
            if not own[text[0]]:
                said["wrong"].append(f"{path.name} page {number}: no {text!r}")
                continue
            there = nearest(own[text[0]], x, y)
            said["words"] += 1
            if abs(there[0] - x) > said["poppler_x"]:
                said["poppler_x"], said["poppler_x_at"] = abs(there[0] - x), f"{path.name} page {number}: {text}"
            # The upper edge is above the baseline by the same part of the size for all of a face.
            rises[there[2]].append(((there[1] - y) / there[3], there[3]))
for of_face in rises.values():
    usual = statistics.median(rise for rise, _ in of_face)
    for rise, size in of_face:
        said["poppler_baseline"] = max(said["poppler_baseline"], abs(rise - usual) * size)
json.dump(said, sys.stdout, ensure_ascii=True)
