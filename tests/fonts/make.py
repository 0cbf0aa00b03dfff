#!/usr/bin/env python3
"""Makes the small fonts of this folder with fontTools 4: `python3 make.py`.

They are ours, drawn as boxes, and stand for what offices bring: outlines in a CFF table, units of 2048
to the em, names in two languages, and few characters. 空 has a glyph that draws nothing.
"""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen

HERE = Path(__file__).parent
EM = 2048
# Character, advance, and the boxes that draw it: left, bottom, right, top.
GLYPHS = {
    " ": (700, []),
    "A": (1231, [(100, 0, 400, 1500), (800, 0, 1100, 1500), (400, 900, 800, 1100)]),
    "1": (1027, [(400, 0, 620, 1500)]),
    "，": (EM, [(200, -200, 520, 120)]),
    "空": (EM, []),
    "绩": (EM, [(150, -100, 700, 1700), (900, -100, 1900, 900), (900, 1100, 1900, 1700)]),
    "效": (EM, [(150, -100, 1000, 900), (150, 1100, 1000, 1700), (1200, -100, 1900, 1700)]),
    "仿": (EM, [(150, -100, 500, 1700), (700, -100, 1900, 1700)]),
}
# What only this font has: the last character of extension B.
RARE = {"\U0002A6D6": GLYPHS["效"]}


def charstring(advance, boxes):
    pen = T2CharStringPen(advance, None)
    for left, bottom, right, top in boxes:
        pen.moveTo((left, bottom))
        pen.lineTo((right, bottom))
        pen.lineTo((right, top))
        pen.lineTo((left, top))
        pen.closePath()
    return pen.getCharString()


def make(path, glyphs, family, chinese, postscript):
    names = {c: f"u{ord(c):04X}" for c in glyphs}
    order = [".notdef", *names.values()]
    font = FontBuilder(EM, isTTF=False)
    font.setupGlyphOrder(order)
    font.setupCharacterMap({ord(c): name for c, name in names.items()})
    charstrings = {".notdef": charstring(EM, [(100, 0, 1900, 1600)])}
    metrics = {".notdef": (EM, 100)}
    for c, (advance, boxes) in glyphs.items():
        charstrings[names[c]] = charstring(advance, boxes)
        metrics[names[c]] = (advance, min((box[0] for box in boxes), default=0))
    font.setupCFF(
        postscript,
        {"FullName": family, "FamilyName": family, "FontMatrix": [1 / EM, 0, 0, 1 / EM, 0, 0]},
        charstrings,
        {},
    )
    font.setupHorizontalMetrics(metrics)
    font.setupHorizontalHeader(ascent=1802, descent=-246)
    font.setupNameTable(
        {
            "familyName": {"en": family, "zh": chinese},
            "styleName": {"en": "Regular"},
            "fullName": {"en": family, "zh": chinese},
            "psName": postscript,
            "copyright": "Made for the tests of jixiao, MIT or Apache-2.0",
        },
        mac=False,
    )
    font.setupOS2(sTypoAscender=1802, sTypoDescender=-246, usWinAscent=1802, usWinDescent=246, fsType=8)
    font.setupPost()
    # The same bytes on any day.
    font.font["head"].created = font.font["head"].modified = 3_786_825_600
    font.font.recalcTimestamp = False
    font.save(path)


make(HERE / "boxes.otf", GLYPHS, "Boxes FangSong", "方块仿宋", "Boxes-FangSong")
make(HERE / "rare.otf", RARE, "Rare Signs", "生僻字", "RareSigns")
