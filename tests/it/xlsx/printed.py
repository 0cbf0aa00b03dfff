"""Compares a workbook with its print by another program.

Arguments: the workbook, and the words of the print as `pdftotext -raw -bbox` gives them. Prints a line
for each text that is not in the print or is higher than its cell, and at last the number of texts
whose height was checked.
"""
import html
import re
import sys

import openpyxl


def bare(text):
    return re.sub(r"\s", "", text)


def occurrences(words, text):
    """The heights of the places where the text stands."""
    for start in range(len(words)):
        rest, bottom, top = text, 0.0, 1e9
        for ymin, ymax, word in words[start:]:
            if not rest.startswith(word):
                break
            rest, bottom, top = rest[len(word):], max(bottom, ymax), min(top, ymin)
            if not rest:
                yield top, bottom
                break


# What formulas give is printed, not the formulas.
book = openpyxl.load_workbook(sys.argv[1], data_only=True)
pages = []
word = re.compile(r'<word xMin="[^"]*" yMin="([^"]*)" xMax="[^"]*" yMax="([^"]*)">(.*?)</word>')
for page in open(sys.argv[2], encoding="utf-8").read().split("<page ")[1:]:
    pages.append([(float(y0), float(y1), bare(html.unescape(text))) for y0, y1, text in word.findall(page)])
everything = "".join(text for page in pages for _, _, text in page)

checked = 0
for sheet in book.worksheets:
    print_area = openpyxl.utils.range_boundaries(sheet.print_area.split("!")[-1].replace("$", ""))
    merged = {(m.min_row, m.min_col): m for m in sheet.merged_cells.ranges}
    tops = [0.0]
    for row in range(1, sheet.max_row + 1):
        tops.append(tops[-1] + sheet.row_dimensions[row].height)
    cells = []
    for cell in (cell for row in sheet.iter_rows() for cell in row):
        if cell.value is None or cell.column > print_area[2]:
            continue
        last = merged[cell.row, cell.column].max_row if (cell.row, cell.column) in merged else cell.row
        if cell.data_type == "s":
            cells.append((bare(cell.value), tops[cell.row - 1], tops[last]))
    for text, _, _ in cells:
        if text not in everything:
            print("not in the print:", sheet.title, text[:40])
    # How much smaller the print is: from the distance of two labels on the form's first page.
    labels = [c for c in cells if c[0] in ("项目编码", "预算数", "第一季度")]
    if len(labels) == 2 and labels[0][1] == labels[1][1]:
        # The header of the summary: its second label is the first row below.
        row = [c for c in cells if c[1] == labels[0][2]]
        labels = [labels[0], max(row, key=lambda c: len(c[0]))]
    if len(labels) != 2:
        continue
    page = next(p for p in pages if all(list(occurrences(p, c[0])) for c in [cells[0], *labels]))
    places = [next(occurrences(page, label[0])) for label in labels]
    middle = [(label[1] + label[2]) / 2 for label in labels]
    printed = [(place[0] + place[1]) / 2 for place in places]
    scale = (printed[1] - printed[0]) / (middle[1] - middle[0])
    allowed = {}
    for text, top, bottom in cells:
        allowed[text] = max(allowed.get(text, 0.0), bottom - top)
    # Only this sheet's pages: up to the next form.
    start = pages.index(page)
    for page in pages[start:]:
        if page is not pages[start] and any(w[2] == labels[0][0] for w in page):
            break
        for text, room in allowed.items():
            for top, bottom in occurrences(page, text):
                checked += 1
                if bottom - top > room * scale + 1.0:
                    print(f"cut: {sheet.title} {text[:40]} {bottom - top:.1f} > {room * scale:.1f}")
print(checked)
