"""Measures how much the pictures of a PDF by PDFium differ from those by poppler, page by page.

    python3 tests/readers/pictures.py FILE.pdf…

Prints for each page the mean difference of its grey values (0 to 255) and the share of points that differ
by more than 64, and the worst page of all at the end."""

import io
import subprocess
import sys

import numpy
import pypdfium2
from PIL import Image

DPI = 100
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
        difference = numpy.abs(one - other)
        mean, share = float(difference.mean()), float((difference > 64).mean())
        print(f"{path} page {number + 1}: mean {mean:.2f}, above 64: {100 * share:.2f} %")
        worst = max(worst, (share, f"{path} page {number + 1}"))
print(f"worst: {worst[1]}, {100 * worst[0]:.2f} %")
