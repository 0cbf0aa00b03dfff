"""Measures how much the pictures of a PDF by PDFium differ from those by poppler, page by page.

    python3 tests/readers/pictures.py FILE.pdf…

Prints for each page the mean difference of its grey values (0 to 255) and the share of points that differ
by more than 64, the better of all shifts by one point, and the worst page of all at the end."""

import io
import subprocess
import sys

import numpy
import pypdfium2
from PIL import Image

DPI = 100


def differences(one, other):
    """Share and mean for each shift by a point, which is what the two round the page by."""
    inner = one[1:-1, 1:-1]
    for down in range(3):
        for right in range(3):
            moved = other[down : down + inner.shape[0], right : right + inner.shape[1]]
            difference = numpy.abs(inner - moved)
            yield float((difference > 64).mean()), float(difference.mean())


worst = (-1.0, "")
for path in sys.argv[1:]:
    document = pypdfium2.PdfDocument(path)
    for number in range(len(document)):
        one = document[number].render(scale=DPI / 72).to_pil().convert("L")
        made = subprocess.run(
            ["pdftoppm", "-r", str(DPI), "-gray", "-f", str(number + 1), "-l", str(number + 1), path],
            check=True,
            capture_output=True,
        ).stdout
        other = Image.open(io.BytesIO(made)).convert("L")
        width, height = min(one.width, other.width), min(one.height, other.height)
        one, other = (
            numpy.asarray(picture.crop((0, 0, width, height)), dtype=numpy.int16) for picture in (one, other)
        )
        share, mean = min(differences(one, other))
        print(f"{path} page {number + 1}: mean {mean:.2f}, above 64: {100 * share:.2f} %")
        worst = max(worst, (share, f"{path} page {number + 1}"))
print(f"worst: {worst[1]}, {100 * worst[0]:.2f} %")
